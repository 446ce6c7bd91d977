# cmake --install: the program, man pages, completions, units, rules, dashboards, documents and the licence, each where
# GNUInstallDirs has it. What a build context leaves out, as the image's does, is not installed.
include(GNUInstallDirs)

install(TARGETS threadecho RUNTIME)

set(docs ${PROJECT_SOURCE_DIR}/docs)
set(deploy ${PROJECT_SOURCE_DIR}/deploy)
if(NOT EXISTS ${docs}/man/man_pages.cpp)
  return()
endif()

# The date of the version in the changelog, so that the pages are the same whenever they are built.
set(THREADECHO_DATE "")
if(EXISTS ${PROJECT_SOURCE_DIR}/CHANGELOG.md)
  string(REPLACE "." "\\." version_pattern ${PROJECT_VERSION})
  file(STRINGS ${PROJECT_SOURCE_DIR}/CHANGELOG.md release REGEX "^## \\[${version_pattern}\\] - ")
  if(release MATCHES "([0-9]+-[0-9]+-[0-9]+)")
    set(THREADECHO_DATE ${CMAKE_MATCH_1})
  endif()
endif()
if(NOT THREADECHO_DATE)
  string(TIMESTAMP THREADECHO_DATE "%Y-%m-%d" UTC)  # of SOURCE_DATE_EPOCH, if that is set
endif()

add_executable(man_pages ${docs}/man/man_pages.cpp)
target_link_libraries(man_pages PRIVATE threadecho_lib)
find_program(GZIP gzip REQUIRED)
set(documents ${PROJECT_BINARY_DIR}/documents)
file(GLOB man_texts CONFIGURE_DEPENDS ${docs}/man/*.txt)
add_custom_command(
  OUTPUT ${documents}/threadecho.bash
  COMMAND ${CMAKE_COMMAND} -E rm -rf ${documents}
  COMMAND man_pages ${documents} ${docs}/man ${THREADECHO_DATE}
  COMMAND ${CMAKE_COMMAND} -E copy_directory ${documents}/man1 ${documents}/gz/man1
  COMMAND sh -c "${GZIP} -9n ${documents}/gz/man1/*"
  DEPENDS man_pages ${man_texts}
  COMMENT "Writing man pages and completions" VERBATIM)
# What is installed beside the program.
add_custom_target(documents ALL DEPENDS ${documents}/threadecho.bash threadecho)

install(DIRECTORY ${documents}/gz/man1 DESTINATION ${CMAKE_INSTALL_MANDIR})
install(FILES ${documents}/threadecho.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions
        RENAME threadecho)
install(FILES ${documents}/threadecho.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)

set(shared ${CMAKE_INSTALL_DATADIR}/threadecho)
install(FILES ${deploy}/prometheus/recording.rules.yml DESTINATION ${shared}/prometheus)
file(GLOB pages ${docs}/*.md)
list(REMOVE_ITEM pages ${docs}/README.md)  # would take the place of the other README.md
install(FILES ${pages} ${PROJECT_SOURCE_DIR}/README.md ${PROJECT_SOURCE_DIR}/CHANGELOG.md
        ${PROJECT_SOURCE_DIR}/SECURITY.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE ${deploy}/debian/copyright DESTINATION ${CMAKE_INSTALL_DOCDIR})

set(THREADECHO_RUNBOOK_URL "" CACHE STRING "Where alerts and dashboard link to; if empty, the installed runbook.md")
# Paths in these files depend on the prefix, which is known when they are installed.
install(CODE "
  set(binaries \"${CMAKE_INSTALL_BINDIR}\")
  set(data \"${CMAKE_INSTALL_DATADIR}\")
  set(units \"${deploy}/systemd\")
  set(settings \"${THREADECHO_ENV_FILE}\")
  set(runbook \"${THREADECHO_RUNBOOK_URL}\")
  set(documents \"${CMAKE_INSTALL_DOCDIR}\")
  set(deploy \"${deploy}\")
  set(zsh \"${documents}/threadecho.zsh\")
")
install(SCRIPT ${PROJECT_SOURCE_DIR}/cmake/install_for_host.cmake)
