#include <gtest/gtest.h>

#include <chrono>
#include <csignal>

#include "serve/signals.h"

namespace threadecho::serve {
namespace {

using namespace std::chrono_literals;

/// Signals to one process, `after` the first moment.
class StopRulesOfAProcess : public ::testing::Test {
 protected:
  StopRequest receive(int signal_number, std::chrono::microseconds after) {
    return rules_.receive(signal_number, StopRules::Clock::time_point() + after);
  }

 private:
  StopRules rules_;
};

TEST(StopRules, BeginTheDrainWithTheFirstSignalWhicheverItIs) {
  for (const int first : {SIGTERM, SIGINT, SIGHUP}) {
    StopRules rules;
    EXPECT_EQ(rules.receive(first, StopRules::Clock::now()), StopRequest::kDrain) << first;
  }
}

TEST(StopRules, TakeTheSameSignalWithinASecondForTheSameRequest) {
  for (const int signal_number : {SIGTERM, SIGINT, SIGHUP}) {
    StopRules rules;
    const StopRules::Clock::time_point start;
    rules.receive(signal_number, start);
    for (const auto gap : {100us, 1000us, 300'000us, 1'000'000us}) {
      EXPECT_EQ(rules.receive(signal_number, start + gap), StopRequest::kNothing) << signal_number;
    }
  }
}

TEST_F(StopRulesOfAProcess, CutTheDrainShortForALaterSigtermOrSighup) {
  receive(SIGTERM, 0s);
  EXPECT_EQ(receive(SIGTERM, 1'000'001us), StopRequest::kCutShort);
}

TEST_F(StopRulesOfAProcess, CutTheDrainShortForAnotherSignalAtAnyTime) {
  receive(SIGTERM, 0s);
  EXPECT_EQ(receive(SIGHUP, 1us), StopRequest::kCutShort);
}

TEST_F(StopRulesOfAProcess, CutTheDrainShortForTheFirstSigintAfterASigterm) {
  receive(SIGTERM, 0s);
  EXPECT_EQ(receive(SIGINT, 5s), StopRequest::kCutShort);
}

TEST_F(StopRulesOfAProcess, ExitForCtrlCTwice) {
  receive(SIGINT, 0s);
  EXPECT_EQ(receive(SIGINT, 999ms), StopRequest::kNothing);
  EXPECT_EQ(receive(SIGINT, 1001ms), StopRequest::kExitAtOnce);
}

TEST_F(StopRulesOfAProcess, ExitForAThirdSignalOfAnyKind) {
  receive(SIGTERM, 0s);
  EXPECT_EQ(receive(SIGHUP, 1ms), StopRequest::kCutShort);
  EXPECT_EQ(receive(SIGTERM, 2ms), StopRequest::kNothing) << "a repetition of the first";
  EXPECT_EQ(receive(SIGHUP, 3ms), StopRequest::kNothing) << "a repetition of the second";
  EXPECT_EQ(receive(SIGINT, 4ms), StopRequest::kExitAtOnce);
}

TEST_F(StopRulesOfAProcess, ExitForAThirdSigtermThatIsNoRepetition) {
  receive(SIGTERM, 0s);
  EXPECT_EQ(receive(SIGTERM, 2s), StopRequest::kCutShort);
  EXPECT_EQ(receive(SIGTERM, 2500ms), StopRequest::kNothing);
  EXPECT_EQ(receive(SIGTERM, 3500ms), StopRequest::kExitAtOnce);
}

TEST_F(StopRulesOfAProcess, DoNotLetRepetitionsPutOffALaterRequest) {
  receive(SIGINT, 0s);
  EXPECT_EQ(receive(SIGINT, 600ms), StopRequest::kNothing);
  EXPECT_EQ(receive(SIGINT, 1200ms), StopRequest::kExitAtOnce);
}

}  // namespace
}  // namespace threadecho::serve
