#include "echo/fault_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>

#include "support/captured_log.h"
#include "support/eventually.h"

namespace threadecho::echo {
namespace {

using namespace std::chrono_literals;
using test::eventually;
using testing::HasSubstr;

const net::Endpoint some_peer = net::Endpoint::parse("10.1.2.3", 4711).value();

class FaultTableTest : public testing::Test {
 protected:
  FaultTableTest() { table_.start(); }

  static FaultSpec stall_for(std::chrono::milliseconds duration) {
    return {.kind = FaultKind::kStall, .duration = duration};
  }

  test::CapturedLog log_;
  std::atomic<int> changes_{0};
  FaultTable table_{true, log_.logger(), [this] { ++changes_; }};
};

TEST_F(FaultTableTest, EndsEachFaultInTimeAndLogsHowOftenItTookEffect) {
  const FaultPtr longer = table_.add(stall_for(1h), 0);
  const FaultPtr fault = table_.add(stall_for(20ms), 0);
  table_.count(*fault);
  EXPECT_THAT(log_.text(), HasSubstr("warning fault started id=2 fault=stall duration_seconds=0.02"));
  EXPECT_TRUE(log_.wait_for("warning fault ended id=2 fault=stall reason=expired injected=1"));
  EXPECT_GE(Clock::now(), fault->end());
  EXPECT_EQ(table_.active(), std::vector<FaultPtr>{longer});
}

TEST_F(FaultTableTest, HasAGenerationForEachChangeAndNoneWithoutAFault) {
  EXPECT_EQ(table_.generation(), 0U);
  const FaultPtr one = table_.add(stall_for(1h), 0);
  const auto first = table_.generation();
  const FaultPtr two = table_.add(stall_for(1h), 0);
  const auto second = table_.generation();
  EXPECT_NE(first, 0U);
  EXPECT_NE(second, first);
  EXPECT_EQ(table_.end(one->id()), one);
  EXPECT_NE(table_.generation(), second);
  EXPECT_EQ(table_.end(two->id()), two);
  EXPECT_EQ(table_.generation(), 0U);
  EXPECT_EQ(changes_, 4);
}

TEST_F(FaultTableTest, HasSixtyFourFaultsAtMost) {
  for (std::size_t i = 0; i < FaultTable::kMost; ++i) {
    ASSERT_NE(table_.add(stall_for(1h), 0), nullptr);
  }
  EXPECT_EQ(table_.add(stall_for(1h), 0), nullptr);
  EXPECT_EQ(table_.totals().active, FaultTable::kMost);
  EXPECT_EQ(table_.end(65), nullptr);
  EXPECT_EQ(table_.end_all().size(), FaultTable::kMost);
  EXPECT_NE(table_.add(stall_for(1h), 0), nullptr);
}

TEST_F(FaultTableTest, KeepsItsCountsWhenFaultsHaveEnded) {
  const FaultPtr fault = table_.add({.kind = FaultKind::kRefuse, .duration = 1h}, 0);
  EXPECT_TRUE(table_.refuses(1, some_peer));
  EXPECT_FALSE(table_.is_unready());
  table_.end(fault->id());
  EXPECT_FALSE(table_.refuses(2, some_peer));
  EXPECT_EQ(fault->injected(), 1U);
  EXPECT_EQ(table_.totals().injected[index_of(FaultKind::kRefuse)], 1U);
  EXPECT_EQ(table_.totals().active, 0U);
}

TEST_F(FaultTableTest, CountsNothingAfterTheEndThatTheLogTellsOf) {
  const FaultPtr fault = table_.add(stall_for(1h), 0);
  table_.count(*fault);
  table_.end(fault->id());
  table_.count(*fault);  // a thread that has not noticed yet
  EXPECT_THAT(log_.text(), HasSubstr("fault ended id=1 fault=stall reason=deleted injected=1"));
  EXPECT_EQ(fault->injected(), 1U);
  EXPECT_EQ(table_.totals().injected[index_of(FaultKind::kStall)], 1U);
}

TEST_F(FaultTableTest, EndsAllWhenTheServerStops) {
  table_.add({.kind = FaultKind::kUnready, .duration = 1h}, 0);
  EXPECT_TRUE(table_.is_unready());
  table_.count_unready();
  table_.stop();
  EXPECT_THAT(log_.text(), HasSubstr("fault ended id=1 fault=unready reason=stopped injected=1"));
  EXPECT_FALSE(table_.is_unready());
}

TEST_F(FaultTableTest, BeginsNoFaultThatNothingWouldEnd) {
  table_.stop();
  EXPECT_EQ(table_.add(stall_for(1h), 0), nullptr);
  EXPECT_EQ(log_.text(), "");
}

}  // namespace
}  // namespace threadecho::echo
