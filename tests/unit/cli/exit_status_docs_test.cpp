#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "cli/exit_status.h"
#include "client/failure.h"
#include "probe/probe_arguments.h"
#include "support/documented_rows.h"

namespace threadecho::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// How the row of each status in docs/cli.md begins.
std::vector<std::string> rows_of_program() {
  std::set<std::string> of_probe;
  for (const client::FailureWords& words : client::kFailureKinds) {
    if (words.exit_status != cli::kFailed) {
      of_probe.insert("| " + std::to_string(words.exit_status) + " | `probe`: " + std::string(words.meaning) + " |");
    }
  }
  std::vector<std::string> rows(of_probe.begin(), of_probe.end());
  const auto add = [&](int status, const std::string& start) { rows.push_back("| " + std::to_string(status) + start); };
  add(cli::kDone, " | done");
  add(cli::kFailed, " | failed while running");
  add(cli::kWrongUsage, " | wrong settings or usage |");
  add(cli::kCannotBind, " | cannot bind to an address or port |");
  add(cli::kEndedBySignal, " + n | ended at once by signal n");
  return rows;
}

std::vector<std::string> page_rows(std::string_view what = "", std::string_view instead = "") {
  std::string text = source_file("docs/cli.md");
  EXPECT_THAT(text, HasSubstr(std::string(what)));
  return table_rows(text.replace(text.find(what), what.size(), instead), "## Exit statuses");
}

TEST(ExitStatusDocs, PageAgreesWithTheProgram) {
  EXPECT_THAT(differences(rows_of_program(), page_rows()), IsEmpty());
  EXPECT_THAT(page_rows(), ::testing::Contains(HasSubstr("`probe`: " + std::string(client::kLocalReason))));
}

TEST(ExitStatusDocs, HelpOfProbeListsItsFailures) {
  for (const client::FailureWords& words : client::kFailureKinds) {
    const std::string status = std::to_string(words.exit_status);
    const std::string line = "\n  " + status + std::string(7 - status.size(), ' ') + std::string(words.meaning) + "\n";
    EXPECT_THAT(cli::help_text(probe::probe_manual(), 120), HasSubstr(line));
    EXPECT_THAT(cli::help_text(probe::probe_manual(), 120), HasSubstr(std::string(words.name)));
  }
}

TEST(DocumentedRows, DifferWhereARowIsMissingChangedTwiceOrUnknown) {
  const std::string row = "| 15 | `probe`: wrong bytes |";
  EXPECT_THAT(differences(rows_of_program(), page_rows(row + "\n", "")), ElementsAre("missing: " + row));
  EXPECT_THAT(differences(rows_of_program(), page_rows(row, row + "\n" + row)), ElementsAre("twice: " + row));
  EXPECT_THAT(differences(rows_of_program(), page_rows(row, row + "\n| 18 | new |")),
              ElementsAre("not of the program: | 18 | new |"));
  EXPECT_THAT(differences(rows_of_program(), page_rows(row, "| 15 | `probe`: right bytes |")),
              ElementsAre("missing: " + row, "not of the program: | 15 | `probe`: right bytes |"));
  EXPECT_EQ(differences(rows_of_program(), page_rows("## Exit statuses", "## Statuses")).size(),
            rows_of_program().size());
}

}  // namespace
}  // namespace threadecho::test
