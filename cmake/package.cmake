# cpack -G DEB: a package for the Debian or Ubuntu that it is made on. ./dev package does it.
include(cmake/addresses.cmake)
if(NOT TARGET documents)
  return()
endif()

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME threadecho)
set(CPACK_PACKAGE_VENDOR Threadecho)
set(CPACK_PACKAGE_CONTACT "${THREADECHO_MAINTAINER}")
if(THREADECHO_HOMEPAGE_EXISTS)
  set(CPACK_PACKAGE_HOMEPAGE_URL ${THREADECHO_HOMEPAGE})
endif()
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "TCP echo server and clients with metrics")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
"Threadecho sends back every byte that it receives over TCP (RFC 862), with a
thread for each client or with pools, and shows what its threads do:
Prometheus metrics, a status page, and logs.

Its client commands measure and verify any TCP echo server: latency,
throughput, lost connections, wrong bytes. The package has units for systemd,
which it neither enables nor starts, rules for Prometheus, and dashboards for
Grafana.")
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_STRIP_FILES ON)
set(CPACK_SET_DESTDIR ON)  # so that paths in units are those of the installed package
set(CPACK_INSTALL_PREFIX /usr)

# The scripts name the units of deploy/systemd. A socket outlives an upgrade, so that no client is refused meanwhile.
set(debian ${PROJECT_BINARY_DIR}/debian)
file(GLOB THREADECHO_UNITS CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR}/deploy/systemd
     ${PROJECT_SOURCE_DIR}/deploy/systemd/*.service ${PROJECT_SOURCE_DIR}/deploy/systemd/*.socket)
set(THREADECHO_SERVICES ${THREADECHO_UNITS})
list(FILTER THREADECHO_SERVICES INCLUDE REGEX "\\.service$")
string(REPLACE ";" " " THREADECHO_UNITS "${THREADECHO_UNITS}")
string(REPLACE ";" " " THREADECHO_SERVICES "${THREADECHO_SERVICES}")
foreach(script postinst prerm postrm)
  configure_file(${PROJECT_SOURCE_DIR}/deploy/debian/${script}.in ${debian}/${script} @ONLY
                 FILE_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
endforeach()
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${debian}/postinst ${debian}/prerm ${debian}/postrm)
if(THREADECHO_ENV_FILE)
  file(WRITE ${debian}/conffiles "/etc/threadecho/threadecho.env\n")
  list(APPEND CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${debian}/conffiles)
endif()

execute_process(COMMAND ${CMAKE_COMMAND} -E env LC_ALL=C date -u -R -d ${THREADECHO_DATE}
                OUTPUT_VARIABLE THREADECHO_RELEASED OUTPUT_STRIP_TRAILING_WHITESPACE)
configure_file(${PROJECT_SOURCE_DIR}/deploy/debian/changelog.in ${debian}/changelog @ONLY)
execute_process(COMMAND ${GZIP} -9nc ${debian}/changelog OUTPUT_FILE ${debian}/changelog.gz)
install(FILES ${debian}/changelog.gz DESTINATION ${CMAKE_INSTALL_DOCDIR})
include(CPack)
