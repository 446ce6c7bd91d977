#include "echo/thread_shortage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

#include "support/captured_log.h"

namespace threadecho::echo {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Place = ConnectionQuota::Place;

constexpr auto kNever = Clock::time_point::max();

/// Only says whether threads are available.
class Threads final : public ThreadModel {
 public:
  std::optional<Refused> serve(std::unique_ptr<Connection> /*connection*/) override { return std::nullopt; }
  [[nodiscard]] bool can_start_thread() const override {
    ++tries;
    return are_there;
  }
  void join_all() override {}
  [[nodiscard]] std::uint64_t active_threads(const Totals& /*totals*/) const override { return 0; }

  bool are_there = false;
  mutable int tries = 0;
};

class ThreadShortageTest : public ::testing::Test {
 protected:
  /// This many clients are served, and the next one is refused.
  ThreadShortageTest() {
    serve(5);
    refuse();
  }

  void serve(int clients) {
    for (int i = 0; i < clients; ++i) {
      places_.push_back(std::get<Place>(quota_.take(net::Endpoint())));
      shortage_.client_served(static_cast<std::uint32_t>(quota_.open()));
    }
  }
  void refuse() {
    const auto reached = static_cast<std::uint32_t>(quota_.open());
    { const Place tried = std::get<Place>(quota_.take(net::Endpoint())); }
    shortage_.client_refused({EAGAIN, std::generic_category()}, reached, now_);
  }
  /// As the acceptor does when `retry` is due.
  void wait_for_retry() {
    now_ = shortage_.next_retry();
    ASSERT_NE(now_, kNever);
    shortage_.retry(now_);
  }

  test::CapturedLog log_;
  Threads threads_;
  ConnectionQuota quota_{100, 0};
  std::vector<Place> places_;
  ThreadShortage shortage_{quota_, threads_, log_.logger()};
  Clock::time_point now_{};
};

TEST_F(ThreadShortageTest, LowersTheLimitToWhatWasReachedAndLogsItOnce) {
  EXPECT_EQ(quota_.limit(), 5U);
  EXPECT_TRUE(quota_.is_full());
  const std::string text = log_.text();
  EXPECT_THAT(text, HasSubstr("warning cannot serve more connections: the limit of connections is lowered to those "
                              "open now limit=5 highest_limit=100 error=\"Resource temporarily unavailable\""));
  refuse();
  places_.pop_back();
  refuse();
  EXPECT_EQ(quota_.limit(), 4U) << "the system gives even fewer now";
  EXPECT_EQ(log_.text(), text);
}

TEST_F(ThreadShortageTest, IsLoggedAgainAfterAPause) {
  now_ += ThreadShortage::kRetry;
  places_.pop_back();
  refuse();
  EXPECT_THAT(log_.text(), HasSubstr("limit=4 highest_limit=100"));
}

TEST_F(ThreadShortageTest, KnowsWhatWasReachedEvenIfItHasEndedMeanwhile) {
  places_.clear();
  shortage_.client_refused({EAGAIN, std::generic_category()}, 7, now_);
  EXPECT_EQ(quota_.limit(), 7U);
  EXPECT_FALSE(quota_.is_full()) << "no client that leaves would say so later";
  shortage_.client_served(9);
  EXPECT_EQ(quota_.limit(), 9U);
}

TEST_F(ThreadShortageTest, GrowsWithEachClientServedAndStaysFull) {
  serve(2);
  EXPECT_EQ(quota_.limit(), 7U);
  EXPECT_TRUE(quota_.is_full());
}

TEST_F(ThreadShortageTest, EndsWhenTheHighestLimitIsReached) {
  serve(95);
  EXPECT_EQ(quota_.limit(), 100U);
  EXPECT_TRUE(quota_.is_full());
  EXPECT_EQ(shortage_.next_retry(), kNever);
  EXPECT_THAT(log_.text(), HasSubstr("info the limit of connections is restored limit=100"));
}

TEST_F(ThreadShortageTest, RestoresTheLimitWhenAThreadCanBeCreatedAgain) {
  for (int failed = 0; failed < 3; ++failed) {
    const auto last = now_;
    wait_for_retry();
    EXPECT_EQ(now_ - last, ThreadShortage::kRetry);
    EXPECT_EQ(quota_.limit(), 5U);
  }
  EXPECT_THAT(log_.text(), Not(HasSubstr("restored")));
  threads_.are_there = true;
  wait_for_retry();
  EXPECT_EQ(quota_.limit(), 100U);
  EXPECT_FALSE(quota_.is_full());
  EXPECT_THAT(log_.text(), HasSubstr("restored limit=100"));
  EXPECT_EQ(threads_.tries, 4);
}

TEST_F(ThreadShortageTest, DoesNotRetrySoonAfterAClientWasRefused) {
  threads_.are_there = true;
  now_ += ThreadShortage::kRetry - std::chrono::milliseconds(1);
  refuse();
  shortage_.retry(now_ + std::chrono::milliseconds(1));
  EXPECT_EQ(threads_.tries, 0);
  EXPECT_EQ(shortage_.next_retry(), now_ + ThreadShortage::kRetry);
}

TEST_F(ThreadShortageTest, IsForgottenLaterBelowWhatWasReached) {
  threads_.are_there = true;
  serve(35);
  places_.pop_back();
  EXPECT_TRUE(quota_.is_full()) << "39 of 40 are more than 95 %, and may stay for days";
  const auto failed = now_;
  wait_for_retry();
  EXPECT_EQ(now_ - failed, ThreadShortage::kForget);
  EXPECT_EQ(quota_.limit(), 100U);
  EXPECT_FALSE(quota_.is_full());
}

TEST_F(ThreadShortageTest, IsTriedAtOnceWhenWhatWasReachedIsReachedAgain) {
  threads_.are_there = true;
  places_.pop_back();
  now_ += 2 * ThreadShortage::kRetry;
  shortage_.retry(now_);
  EXPECT_EQ(threads_.tries, 0);
  serve(1);
  EXPECT_LT(shortage_.next_retry(), now_);
}

TEST_F(ThreadShortageTest, IsLoggedAgainWhenItComesBack) {
  threads_.are_there = true;
  wait_for_retry();
  serve(1);
  refuse();
  EXPECT_EQ(quota_.limit(), 6U);
  EXPECT_THAT(log_.text(), HasSubstr("limit=6 highest_limit=100"));
}

}  // namespace
}  // namespace threadecho::echo
