#include "support/exit_status_docs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>

#include "client/failure.h"
#include "probe/probe_arguments.h"

namespace threadecho::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string readme() {
  std::ifstream file(THREADECHO_SOURCE_DIR "/README.md");
  EXPECT_TRUE(file);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// What is found in the README after a change of it.
std::vector<std::string> found_with(std::string_view what, std::string_view instead) {
  std::string text = readme();
  const auto at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return differences(statuses_of_program(), statuses_in_readme(text.replace(at, what.size(), instead)));
}

TEST(ExitStatusDocs, ReadmeAgreesWithTheProgram) {
  EXPECT_THAT(differences(statuses_of_program(), statuses_in_readme(readme())), IsEmpty());
}

TEST(ExitStatusDocs, HelpOfProbeListsItsFailures) {
  for (const client::FailureWords& words : client::kFailureKinds) {
    const std::string status = std::to_string(words.exit_status);
    const std::string line = "\n  " + status + std::string(7 - status.size(), ' ') + std::string(words.meaning) + "\n";
    EXPECT_THAT(probe::probe_help(120), HasSubstr(line));
    EXPECT_THAT(probe::probe_help(120), HasSubstr(std::string(words.name)));
  }
}

TEST(ExitStatusDocsCheck, FindsARowThatWasDropped) {
  EXPECT_THAT(found_with("| 13 | `probe`: reset by the server |\n", ""), ElementsAre("13 is missing"));
  EXPECT_THAT(found_with("| 3 | an address or port cannot be had |\n", ""), ElementsAre("3 is missing"));
  EXPECT_THAT(found_with("| 128 + n |", "| 128 |"), ElementsAre("128 + n is missing", "128 is not an exit status"));
}

TEST(ExitStatusDocsCheck, FindsARowThatIsListedTwice) {
  EXPECT_THAT(found_with("| 15 |", "| 15 | `probe`: wrong bytes |\n| 15 |"), ElementsAre("15 is listed twice"));
}

TEST(ExitStatusDocsCheck, FindsAMeaningThatWasChanged) {
  EXPECT_THAT(found_with("| 15 | `probe`: wrong bytes |", "| 15 | `probe`: right bytes |"),
              ElementsAre("15 does not say \"`probe`: wrong bytes\""));
}

TEST(ExitStatusDocsCheck, FindsAStatusThatTheProgramChanged) {
  std::vector<DocumentedStatus> program = statuses_of_program();
  std::ranges::find(program, "17", &DocumentedStatus::status)->status = "18";
  EXPECT_THAT(differences(program, statuses_in_readme(readme())),
              ElementsAre("18 is missing", "17 is not an exit status"));
}

TEST(ExitStatusDocsCheck, FindsEverythingMissingWhenTheHeadingIsGone) {
  EXPECT_EQ(found_with("## Exit statuses", "## Statuses").size(), statuses_of_program().size());
}

}  // namespace
}  // namespace threadecho::test
