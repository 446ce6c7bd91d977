# Addresses of the project. PLACEHOLDERS: neither exists yet, so no other file may have one of them; the check links looks.
# The package names the maintainers, because Debian demands it, and the home page once THREADECHO_HOMEPAGE_EXISTS is ON.
set(THREADECHO_HOMEPAGE_EXISTS OFF)
set(THREADECHO_HOMEPAGE https://github.com/threadecho/threadecho)
set(THREADECHO_MAINTAINER "Threadecho maintainers <maintainers@threadecho.example>")
