# Sources that are compiled alone, because tests/fuzz/planted.cmake builds them again with a bug in them, and the linker
# then has to find nothing else in their object.
set(THREADECHO_ALONE
  admin/fault_fields.cpp admin/fault_request.cpp config/dotenv/dotenv.cpp echo/pooled_echo.cpp echo/session.cpp
  http/session.cpp log/line.cpp net/proxy_header.cpp text/durations.cpp text/escape.cpp text/sizes.cpp)
list(TRANSFORM THREADECHO_ALONE PREPEND ${PROJECT_SOURCE_DIR}/src/)

# threadecho_group_by_folder(TARGET): with CMAKE_UNITY_BUILD, the sources of a folder are compiled as one, so that each
# header is read once for all of them. To be called in the folder that made the target.
function(threadecho_group_by_folder target)
  set_target_properties(${target} PROPERTIES UNITY_BUILD_MODE GROUP)
  get_target_property(sources ${target} SOURCES)
  if(NOT sources)  # the small projects that test the checks
    return()
  endif()
  foreach(source IN LISTS sources)
    get_filename_component(folder ${source} DIRECTORY)
    file(RELATIVE_PATH group ${PROJECT_SOURCE_DIR} ${folder})
    string(MAKE_C_IDENTIFIER "${group}" group)
    set_source_files_properties(${source} PROPERTIES UNITY_GROUP ${group})
    if(source IN_LIST THREADECHO_ALONE AND NOT THREADECHO_SANITIZE)
      set_source_files_properties(${source} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
    endif()
  endforeach()
endfunction()
