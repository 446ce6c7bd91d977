#pragma once

#include <string>
#include <string_view>

namespace threadecho::man {

/// Escapes `text`, so that troff prints it as it is. Each '-' stays a '-', so that people can copy flags.
std::string literal(std::string_view text);

/// A man page from the plain text of --help and of docs/man, see man(7):
/// - lines without indentation are a paragraph; `words between backquotes` and --flags are bold;
/// - an indented line with two spaces in it is a term and its meaning, any other one is shown as it is;
/// - a line of capitals, and a paragraph that begins with "Exit statuses", "Example" or "JSON:", begin a section.
std::string roff_of(std::string_view text);

}  // namespace threadecho::man
