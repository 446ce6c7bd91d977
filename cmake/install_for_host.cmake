# Run by cmake --install: what lies elsewhere under /usr than under other prefixes. Existing settings are kept.
if(CMAKE_INSTALL_PREFIX STREQUAL "/usr")
  set(etc /etc)
else()
  set(etc ${CMAKE_INSTALL_PREFIX}/etc)
endif()
set(root "$ENV{DESTDIR}")  # file(INSTALL) knows it itself

file(GLOB names RELATIVE ${units} ${units}/*.service ${units}/*.socket)
foreach(name IN LISTS names)
  file(READ ${units}/${name} unit)
  string(REPLACE "/usr/bin/threadecho" "${CMAKE_INSTALL_PREFIX}/${binaries}/threadecho" unit "${unit}")
  string(REPLACE "/etc/threadecho" "${etc}/threadecho" unit "${unit}")
  message(STATUS "Installing: ${root}${CMAKE_INSTALL_PREFIX}/lib/systemd/system/${name}")
  file(WRITE ${root}${CMAKE_INSTALL_PREFIX}/lib/systemd/system/${name} "${unit}")
endforeach()

if(NOT runbook)
  set(runbook file://${CMAKE_INSTALL_PREFIX}/${documents}/runbook.md)
endif()
file(GLOB dashboards RELATIVE ${deploy} ${deploy}/grafana/dashboards/*.json)
foreach(name IN LISTS dashboards ITEMS prometheus/alerts.rules.yml)
  file(READ ${deploy}/${name} text)
  string(REPLACE "file:///usr/share/doc/threadecho/runbook.md" "${runbook}" text "${text}")
  message(STATUS "Installing: ${root}${CMAKE_INSTALL_PREFIX}/${data}/threadecho/${name}")
  file(WRITE ${root}${CMAKE_INSTALL_PREFIX}/${data}/threadecho/${name} "${text}")
endforeach()

if(settings AND NOT EXISTS ${root}${etc}/threadecho/threadecho.env)
  file(INSTALL ${settings} DESTINATION ${etc}/threadecho)
endif()

set(functions zsh/site-functions)
if(CMAKE_INSTALL_PREFIX STREQUAL "/usr" AND EXISTS /etc/debian_version)
  set(functions zsh/vendor-completions)  # site-functions is for the administrator
endif()
file(INSTALL ${zsh} DESTINATION ${CMAKE_INSTALL_PREFIX}/${data}/${functions} RENAME _threadecho)
