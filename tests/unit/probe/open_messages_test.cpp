#include "probe/open_messages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

namespace threadecho::test {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(OpenMessages, CountTheWaitForAConnectionAndThenHaveTheirWholeTime) {
  std::vector<std::string> lines;
  const probe::PrintLine print = [&](std::string_view line, probe::Line, probe::ProbeLines::WallTime) {
    lines.emplace_back(line);
  };
  probe::ProbeLines probe_lines(print);
  probe::ProbeResult result;
  probe::OpenMessages open(result, probe_lines);
  const auto due = probe::OpenMessages::Clock::now();
  open.add(1, due, due);
  open.add(2, due + 100ms, due + 100ms);
  open.connected("local", due + 2400ms);
  EXPECT_EQ(open.first().since, due + 2400ms);
  open.add(3, due + 2500ms, due + 2500ms);
  for (int i = 0; i < 3; ++i) {
    open.echoed(1ms, 64, "peer");
  }
  EXPECT_THAT(lines, ElementsAre(HasSubstr("seq=1 time=2401.000 ms"), HasSubstr("seq=2 time=2301.000 ms"),
                                 HasSubstr("seq=3 time=1.000 ms")));
  EXPECT_EQ(result.messages.kept().front().round_trip, 2401ms);
  EXPECT_GE(result.messages.round_trips().max(), 2400ms);
}

}  // namespace
}  // namespace threadecho::test
