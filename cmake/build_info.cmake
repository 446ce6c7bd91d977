# Version, revision and compiler, as the program reports them. The version stands once: in project() of CMakeLists.txt.
set(THREADECHO_REVISION "" CACHE STRING "Source revision; asked of git when empty")
set(revision "${THREADECHO_REVISION}")
if(NOT revision)
  find_package(Git QUIET)
  if(Git_FOUND)
    execute_process(COMMAND ${GIT_EXECUTABLE} describe --always --dirty --abbrev=12 --exclude=*
      WORKING_DIRECTORY ${PROJECT_SOURCE_DIR} OUTPUT_VARIABLE revision
      OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  endif()
endif()
if(NOT revision)
  set(revision unknown)
endif()
set(THREADECHO_BUILD_INFO_SOURCE ${PROJECT_BINARY_DIR}/build_info.cpp)
configure_file(${PROJECT_SOURCE_DIR}/src/build_info.cpp.in ${THREADECHO_BUILD_INFO_SOURCE} @ONLY)
