#include "watch/target_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <vector>

#include "support/server_process.h"

namespace threadecho::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using watch::TargetList;

std::vector<std::string> names_of(const TargetList& list) {
  std::vector<std::string> names;
  for (const client::Target& target : list.targets) {
    names.push_back(target.to_string());
  }
  return names;
}

TEST(TargetList, ReadsAFileWithCommentsAndSeveralTargetsOnALine) {
  const TemporaryDirectory directory;
  TargetList list;
  list.add_file(directory.write("targets", "# all\n a:1, b:2\n\n\tc:3 # the third\r\n[::1]:4,\n"), {});
  EXPECT_THAT(list.problems, IsEmpty());
  EXPECT_THAT(names_of(list), ElementsAre("a:1", "b:2", "c:3", "[::1]:4"));
}

TEST(TargetList, SkipsAByteOrderMarkBeforeTheFirstTarget) {
  const TemporaryDirectory directory;
  TargetList list;
  list.add_file(directory.write("targets",
                                "\xEF\xBB\xBF"
                                "a:1\r\nb:2\r\n"),
                {});
  EXPECT_THAT(names_of(list), ElementsAre("a:1", "b:2"));
}

TEST(TargetList, NamesEachMistakeWithItsLine) {
  const TemporaryDirectory directory;
  const std::string path = directory.write("targets", "a:1\nb\nc:70000\na:1\n127.0.0.1:5\n[::1:9\n");
  TargetList list;
  list.add_file(path, {.only_ipv6 = true});
  EXPECT_THAT(names_of(list), ElementsAre("a:1"));
  ASSERT_EQ(list.problems.size(), 5U);
  EXPECT_THAT(to_string(list.problems[0]), HasSubstr("TARGET=\"b\" (" + path + ":2): has no port"));
  EXPECT_THAT(to_string(list.problems[1]), HasSubstr(":3): has a wrong port"));
  EXPECT_THAT(to_string(list.problems[2]), HasSubstr(":4): given more than once"));
  EXPECT_THAT(to_string(list.problems[3]), HasSubstr(":5): is not an address of the family of -6"));
  EXPECT_THAT(to_string(list.problems[4]), HasSubstr(":6): has no closing bracket"));
}

TEST(TargetList, RefusesCharactersThatNoHostHasAndNamesTheirLines) {
  const TemporaryDirectory directory;
  const std::string path = directory.write("targets", "a:1\n{b}:2\n\x1b[31mc:3\nd\\:4\n\"e\":5\n");
  TargetList list;
  list.add_file(path, {});
  EXPECT_THAT(names_of(list), ElementsAre("a:1"));
  ASSERT_EQ(list.problems.size(), 4U);
  for (std::size_t i = 0; i < list.problems.size(); ++i) {
    const std::string problem = to_string(list.problems[i]);
    EXPECT_THAT(problem, HasSubstr(":" + std::to_string(i + 2) + "): has a "));
    EXPECT_EQ(problem.find('\x1b'), std::string::npos) << problem;
  }
}

TEST(TargetList, RefusesWhatIsNoFile) {
  const TemporaryDirectory directory;
  for (const std::string& path : {directory.path().string(), (directory.path() / "nothing").string()}) {
    TargetList list;
    list.add_file(path, {});
    ASSERT_EQ(list.problems.size(), 1U) << path;
    EXPECT_THAT(to_string(list.problems[0]), HasSubstr("WATCH_TARGETS_FILE=\"" + path + "\" (file): "));
  }
  TargetList list;
  list.add_file(directory.write("big", std::string(TargetList::kMostFileBytes + 1, ' ')), {});
  EXPECT_EQ(list.problems.size(), 1U);
}

}  // namespace
}  // namespace threadecho::test
