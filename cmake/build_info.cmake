# Version, revision and compiler, as the program reports them. The version stands once: in project() of CMakeLists.txt.
set(THREADECHO_REVISION "" CACHE STRING "Source revision; if empty, that of the git checkout")

# The commit that .git/HEAD names, read without git: the build context of the image has no git, and no more of .git than
# HEAD, packed-refs and the branches. Empty if there is none, as in a tarball. It does not show changed files.
function(read_revision result)
  set(${result} "" PARENT_SCOPE)
  set(git ${PROJECT_SOURCE_DIR}/.git)
  if(NOT EXISTS ${git}/HEAD)
    return()
  endif()
  file(STRINGS ${git}/HEAD commit LIMIT_COUNT 1)
  if(commit MATCHES "^ref: (refs/.+)$")
    set(ref ${CMAKE_MATCH_1})
    set(commit "")
    if(EXISTS ${git}/${ref})
      file(STRINGS ${git}/${ref} commit LIMIT_COUNT 1)
    elseif(EXISTS ${git}/packed-refs)
      file(STRINGS ${git}/packed-refs packed)
      foreach(line IN LISTS packed)
        if(line MATCHES "^([0-9a-f]+) (.*)$" AND CMAKE_MATCH_2 STREQUAL ref)
          set(commit ${CMAKE_MATCH_1})
        endif()
      endforeach()
    endif()
  endif()
  if(commit MATCHES "^[0-9a-f]+$")
    string(SUBSTRING ${commit} 0 12 commit)
    set(${result} ${commit} PARENT_SCOPE)
  endif()
endfunction()

set(revision "${THREADECHO_REVISION}")
if(NOT revision)
  find_package(Git QUIET)
  if(Git_FOUND)
    # Not beyond the source: a tarball may lie in the checkout of something else.
    get_filename_component(ceiling ${PROJECT_SOURCE_DIR} DIRECTORY)
    execute_process(
      COMMAND ${CMAKE_COMMAND} -E env GIT_CEILING_DIRECTORIES=${ceiling}
        ${GIT_EXECUTABLE} describe --always --dirty --abbrev=12 --exclude=*
      WORKING_DIRECTORY ${PROJECT_SOURCE_DIR} OUTPUT_VARIABLE revision
      OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  endif()
endif()
if(NOT revision)
  read_revision(revision)
endif()
if(NOT revision)
  set(revision unknown)
endif()
set(THREADECHO_BUILD_INFO_SOURCE ${PROJECT_BINARY_DIR}/build_info.cpp)
configure_file(${PROJECT_SOURCE_DIR}/src/build_info.cpp.in ${THREADECHO_BUILD_INFO_SOURCE} @ONLY)
