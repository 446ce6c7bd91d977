#include "compare/looks_under_load.h"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>

namespace threadecho::test {
namespace {

using compare::LooksUnderLoad;
using std::chrono::milliseconds;

/// Looks at a server of 8 clients, with a warm-up of 500 ms and a time of 1 s. The bytes that it has echoed stand for
/// the time of the look.
class Looks : public ::testing::Test {
 protected:
  void look(int at, double active = 8, std::optional<double> waiting = 6) {
    looks_.add({.connections_active = active,
                .connections_waiting = waiting,
                .echoed_bytes = at,
                .context_switches = {},
                .cpu_seconds = {},
                .threads = {},
                .resident_bytes = {}},
               LooksUnderLoad::Clock::time_point(milliseconds(at)));
  }
  void expect(int begin, int end) const {
    ASSERT_TRUE(looks_.under_load());
    EXPECT_EQ(looks_.under_load()->begin.echoed_bytes, begin);
    EXPECT_EQ(looks_.under_load()->end.echoed_bytes, end);
    EXPECT_EQ(looks_.under_load()->end.connections_waiting, 6);
  }

  LooksUnderLoad looks_{8, milliseconds(500), milliseconds(1000)};
};

TEST_F(Looks, AreFromTheEndOfTheWarmUpToTheEndOfTheTime) {
  for (int at = 10'000; !looks_.is_over(); at += 100) {
    look(at);
  }
  expect(10'500, 11'400);
}

TEST_F(Looks, CountFromWhenAllClientsAreConnected) {
  look(0, 7);
  EXPECT_FALSE(looks_.has_begun());
  EXPECT_FALSE(looks_.under_load());
  look(5000);
  EXPECT_TRUE(looks_.has_begun());
  EXPECT_FALSE(looks_.is_over());
  expect(5000, 5000);
}

TEST_F(Looks, TakeALateOneIfThereIsNoOther) {
  look(100);
  look(9000);
  EXPECT_TRUE(looks_.is_over());
  expect(100, 9000);
}

TEST_F(Looks, TakeNoLateOneIfThereIsAnother) {
  look(100);
  look(1000);
  look(9000);
  EXPECT_TRUE(looks_.is_over());
  expect(100, 1000);
}

TEST_F(Looks, SayNothingOfClientsThatHaveLeft) {
  look(100);
  look(1000);
  look(1200, 2);
  expect(100, 1000);
}

TEST_F(Looks, KnowNothingOfAServerThatDoesNotSayWhoWaits) {
  look(100, 8, std::nullopt);
  EXPECT_FALSE(looks_.under_load());
}

}  // namespace
}  // namespace threadecho::test
