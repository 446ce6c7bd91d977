# Addresses of the project. PLACEHOLDERS: neither exists yet. docs/releasing.md says what else has to change with them.
set(THREADECHO_HOMEPAGE https://github.com/threadecho/threadecho)
set(THREADECHO_MAINTAINER "Threadecho maintainers <maintainers@threadecho.example>")
