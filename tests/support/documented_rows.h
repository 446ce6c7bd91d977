#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace threadecho::test {

/// A file of the repository as text; `name` is relative to its root.
std::string source_file(const std::string& name);

/// The rows of the Markdown tables between the line `heading` and the next heading, without the two lines of each
/// table's head.
std::vector<std::string> table_rows(std::string_view text, std::string_view heading);

/// How a document differs from the program. Exactly one row must begin with each of `expected`, and there
/// must be no other row. One line for each difference; empty if there is none.
std::vector<std::string> differences(const std::vector<std::string>& expected, const std::vector<std::string>& rows);

}  // namespace threadecho::test
