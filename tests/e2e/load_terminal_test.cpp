#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "support/server_process.h"
#include "support/terminal.h"

namespace threadecho::test {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr const char* kCtrlC = "\x03";
// How a line is taken back.
constexpr const char* kClearLine = "\r\x1b[K";

TEST(LoadOnATerminal, RedrawsOneLineAndTakesItAwayForTheResult) {
  ServerProcess server;
  server.wait_until_serving();
  const std::string target = server.echo().to_string();
  Terminal terminal({"load", target, "--duration", "1h", "--warmup", "0"}, 120);
  ASSERT_TRUE(terminal.shows(std::string(kClearLine) + "1 s  1 connection  "));
  ASSERT_TRUE(terminal.shows(std::string(kClearLine) + "2 s  1 connection  "));
  EXPECT_THAT(terminal.output(), Not(HasSubstr("\n"))) << "it stays one line";
  EXPECT_THAT(screen_of(terminal.output()), ContainsRegex("^[2-9] s  1 connection  "));
  for (const char* figure : {" messages/s  ", "MB/s  p99 ", "  0 errors"}) {
    EXPECT_THAT(terminal.output(), HasSubstr(figure));
  }
  terminal.type(kCtrlC);
  EXPECT_EQ(terminal.wait(), 0);
  const std::string screen = screen_of(terminal.output());
  EXPECT_THAT(screen, StartsWith(target + " (" + target + "): closed loop"));
  EXPECT_THAT(screen, HasSubstr("(ended early)"));
  EXPECT_THAT(screen, Not(HasSubstr("messages/s"))) << "the line is gone";
}

TEST(LoadOnATerminal, CutsTheLineBeforeItWraps) {
  ServerProcess server;
  server.wait_until_serving();
  Terminal terminal({"load", server.echo().to_string(), "--duration", "1h", "--warmup", "0"}, 30);
  ASSERT_TRUE(terminal.shows("2 s  1 connection"));
  EXPECT_EQ(screen_of(terminal.output()).size(), 29U);
  terminal.type(kCtrlC);
  EXPECT_EQ(terminal.wait(), 0);
}

TEST(Screen, ShowsWhatATerminalDoes) {
  EXPECT_EQ(screen_of("one\r\ntwo"), "one\ntwo");
  EXPECT_EQ(screen_of("long line\rshort"), "shortline");
  EXPECT_EQ(screen_of("long line\r\x1b[Kshort"), "short");
  EXPECT_EQ(screen_of("gone\r\x1b[K"), "");
}

}  // namespace
}  // namespace threadecho::test
