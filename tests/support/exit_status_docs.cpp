#include "support/exit_status_docs.h"

#include <algorithm>

#include "cli/exit_status.h"
#include "client/failure.h"
#include "support/markdown_table.h"

namespace threadecho::test {

std::vector<DocumentedStatus> statuses_of_program() {
  std::vector<DocumentedStatus> statuses = {{std::to_string(cli::kDone), "done"},
                                            {std::to_string(cli::kFailed), "failed while running"},
                                            {std::to_string(cli::kWrongUsage), "wrong settings or usage"},
                                            {std::to_string(cli::kCannotBind), "an address or port cannot be had"},
                                            {std::to_string(cli::kEndedBySignal) + " + n", "signal n"}};
  for (const client::FailureWords& words : client::kFailureKinds) {
    const std::string status = std::to_string(words.exit_status);
    const std::string meaning = "`probe`: " + std::string(words.meaning);
    const auto shared = std::ranges::find(statuses, status, &DocumentedStatus::status);
    if (shared == statuses.end()) {
      statuses.push_back({status, meaning});
    } else {
      shared->meaning = meaning;
    }
  }
  return statuses;
}

std::vector<DocumentedStatus> statuses_in_readme(std::string_view text) {
  std::vector<DocumentedStatus> statuses;
  for (const std::vector<std::string>& cells : markdown_table(text, "## Exit statuses")) {
    statuses.push_back({cells.at(0), cells.at(1)});
  }
  return statuses;
}

std::vector<std::string> differences(const std::vector<DocumentedStatus>& program,
                                     const std::vector<DocumentedStatus>& document) {
  std::vector<std::string> found;
  for (const DocumentedStatus& expected : program) {
    const auto row = std::ranges::find(document, expected.status, &DocumentedStatus::status);
    if (row == document.end()) {
      found.push_back(expected.status + " is missing");
    } else if (row->meaning.find(expected.meaning) == std::string::npos) {
      found.push_back(expected.status + " does not say \"" + expected.meaning + "\"");
    }
    if (std::ranges::count(document, expected.status, &DocumentedStatus::status) > 1) {
      found.push_back(expected.status + " is listed twice");
    }
  }
  for (const DocumentedStatus& row : document) {
    if (std::ranges::find(program, row.status, &DocumentedStatus::status) == program.end()) {
      found.push_back(row.status + " is not an exit status");
    }
  }
  return found;
}

}  // namespace threadecho::test
