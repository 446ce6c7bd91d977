#include "commands/candidates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "commands/command_table.h"
#include "config/settings_table.h"

namespace threadecho::test {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

std::vector<std::string> words_for(const std::vector<std::string>& typed) {
  std::vector<std::string> words;
  for (const commands::Candidate& candidate : commands::candidates_for(typed).words) {
    words.push_back(candidate.word);
  }
  return words;
}

TEST(Candidates, BeginWithAllCommands) {
  EXPECT_THAT(words_for({""}), SizeIs(cli::command_summaries().size()));
  EXPECT_THAT(words_for({"pro"}), ElementsAre("probe"));
  EXPECT_THAT(words_for({"help", "ver"}), ElementsAre("version"));
}

TEST(Candidates, AreTheFlagsOfTheCommand) {
  EXPECT_THAT(words_for({"probe", "--half"}), ElementsAre("--half-close"));
  EXPECT_THAT(words_for({"probe", "localhost:9000", ""}), Contains("--count"));
  EXPECT_THAT(words_for({"--drain-"}), ElementsAre("--drain-delay", "--drain-timeout"));
  EXPECT_THAT(words_for({"serve", "--"}), SizeIs(config::settings_table().size() + 2));
  EXPECT_THAT(words_for({"healthcheck", "--"}), Contains("--http-port"));
}

TEST(Candidates, LeaveOutFlagsThatAreGivenUnlessTheyMayRepeat) {
  EXPECT_THAT(words_for({"probe", "--json", "--size=3", "--"}), Not(Contains("--json")));
  EXPECT_THAT(words_for({"probe", "--json", "--size=3", "--"}), Not(Contains("--size")));
  EXPECT_THAT(words_for({"load", "--source", "127.0.0.2", "--"}), Contains("--source"));
}

TEST(Candidates, AreTheValuesThatAFlagTakes) {
  const std::vector<std::string> models = {"per-connection", "blocking-pool", "pool"};
  EXPECT_EQ(words_for({"serve", "--thread-model", ""}), models);
  EXPECT_EQ(words_for({"--thread-model", ""}), models);
  EXPECT_THAT(words_for({"--thread-model", "po"}), ElementsAre("pool"));
  EXPECT_THAT(words_for({"--thread-model=po"}), ElementsAre("--thread-model=pool"));
  EXPECT_THAT(words_for({"probe", "--count", ""}), IsEmpty());
  EXPECT_TRUE(commands::candidates_for({"load", "--raw-samples", ""}).files);
}

TEST(Candidates, UnderstandWordsThatBashSplits) {
  EXPECT_THAT(words_for({"--thread-model", "=", "po"}), ElementsAre("pool"));
  EXPECT_THAT(words_for({"--thread-model", "="}), SizeIs(3));
  EXPECT_THAT(words_for({"--thread-model", "=", "pool", "--fau"}), ElementsAre("--faults"));
}

TEST(Candidates, AreOperands) {
  EXPECT_THAT(words_for({"fault", ""}), ElementsAre("add", "list", "clear"));
  EXPECT_THAT(words_for({"fault", "add", "thr"}), ElementsAre("throttle"));
  EXPECT_TRUE(commands::candidates_for({"report", "one.json", ""}).files);
  EXPECT_FALSE(commands::candidates_for({"probe", ""}).files);
}

TEST(Candidates, AreNoFlagsBehindTwoDashes) { EXPECT_THAT(words_for({"report", "--", "--js"}), IsEmpty()); }

TEST(Candidates, AreNothingForNothing) { EXPECT_THAT(words_for({}), IsEmpty()); }

TEST(CommandTable, HasEachCommandOfTheHelpAndNoOther) {
  std::vector<std::string_view> names;
  for (const commands::Command& command : commands::command_table()) {
    names.push_back(command.name);
  }
  std::vector<std::string_view> listed;
  for (const cli::CommandSummary& command : cli::command_summaries()) {
    listed.push_back(command.name);
  }
  EXPECT_THAT(names, ::testing::UnorderedElementsAreArray(listed));
  EXPECT_EQ(names.front(), listed.front());
}

TEST(CommandTable, HasManualsWithUsageAndNothingToParseWith) {
  for (const commands::Command& command : commands::command_table()) {
    const cli::Manual manual = command.manual();
    EXPECT_THAT(manual.before, ::testing::StartsWith("Usage: threadecho ")) << command.name;
    EXPECT_TRUE(std::ranges::none_of(manual.options, [](const cli::Option& option) { return option.take != nullptr; }));
  }
}

}  // namespace
}  // namespace threadecho::test
