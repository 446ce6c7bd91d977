#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "support/server_process.h"
#include "support/terminal.h"

namespace threadecho::test {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::StartsWith;

constexpr const char* kCtrlC = "\x03";
// How the program erases a line.
constexpr const char* kClearLine = "\r\x1b[K";

// What the program wrote until it had erased this many lines: whole lines, however busy the machine is.
std::string written_until_taken_back(Terminal& terminal, int lines) {
  // The first one clears an empty line.
  EXPECT_TRUE(terminal.shows(kClearLine, lines + 1));
  return terminal.output().substr(0, terminal.output().rfind(kClearLine));
}

TEST(LoadOnATerminal, RedrawsOneLineAndTakesItAwayForTheResult) {
  ServerProcess server;
  server.wait_until_serving();
  const std::string target = server.echo().to_string();
  Terminal terminal({"load", target, "--duration", "1h", "--warmup", "0"}, 120);
  const std::string written = written_until_taken_back(terminal, 2);
  EXPECT_THAT(written, Not(HasSubstr("\n"))) << "it stays one line";
  EXPECT_THAT(screen_of(written), MatchesRegex("([2-9]|[1-9][0-9]+) s  0 errors  1 connection  [0-9,]+ messages/s  "
                                               "p99 (-|[0-9.]+ [num]?s)  [0-9.]+ [kMG]?B/s"));
  terminal.type(kCtrlC);
  EXPECT_EQ(terminal.wait(), 0);
  const std::string screen = screen_of(terminal.output());
  EXPECT_THAT(screen, StartsWith(target + " (" + target + "): closed loop"));
  EXPECT_THAT(screen, HasSubstr("(ended early)"));
  EXPECT_THAT(screen, Not(HasSubstr("messages/s"))) << "the line is gone";
}

TEST(LoadOnATerminal, LeavesOutWhatWouldMakeTheLineWrap) {
  ServerProcess server;
  server.wait_until_serving();
  Terminal terminal({"load", server.echo().to_string(), "--duration", "1h", "--warmup", "0"}, 30);
  EXPECT_THAT(screen_of(written_until_taken_back(terminal, 1)), MatchesRegex("[0-9]+ s  0 errors  1 connection"));
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
