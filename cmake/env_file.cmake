# threadecho.env is what a service manager reads: /etc/threadecho/threadecho.env. It is .env.example, which a test compares
# with the table of settings, without what only a .env file or docker compose knows.
set(example ${CMAKE_CURRENT_SOURCE_DIR}/.env.example)
if(NOT EXISTS ${example})  # an image is built from the sources alone
  return()
endif()
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${example})
file(READ ${example} text)
string(FIND "${text}" "#\n# Durations: " settings)
string(FIND "${text}" "\n# file with variables for this program" end)
if(settings EQUAL -1 OR end EQUAL -1)
  message(FATAL_ERROR ".env.example has other words than cmake/env_file.cmake looks for")
endif()
math(EXPR length "${end} - ${settings}")
string(SUBSTRING "${text}" ${settings} ${length} text)
set(THREADECHO_ENV_FILE ${CMAKE_CURRENT_BINARY_DIR}/threadecho.env)
file(CONFIGURE OUTPUT ${THREADECHO_ENV_FILE} @ONLY CONTENT [[
# Settings of threadecho.service, in the syntax of EnvironmentFile= in systemd.exec(5). Remove the "# " before what you
# want to change, and restart the service. Every line below shows the default; an empty value counts as unset. A port that
# a socket unit listens on is set there.
@text@]])
