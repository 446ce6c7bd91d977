#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace threadecho::test {

/// An exit status as a document, or the program, tells of it.
struct DocumentedStatus {
  std::string status;   ///< "12", "128 + n"
  std::string meaning;  ///< where the program knows it: these words, wherever in the row
};

/// What the program has.
std::vector<DocumentedStatus> statuses_of_program();

/// Rows "| 12 | meaning |" under the heading "## Exit statuses".
std::vector<DocumentedStatus> statuses_in_readme(std::string_view text);

/// What is wrong with the document, one sentence each: statuses that are missing, unknown or listed twice, and rows
/// without the program's words.
std::vector<std::string> differences(const std::vector<DocumentedStatus>& program,
                                     const std::vector<DocumentedStatus>& document);

}  // namespace threadecho::test
