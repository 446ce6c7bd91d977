#include "client/counted_failures.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "text/durations.h"

namespace threadecho::test {
namespace {

using std::chrono::milliseconds;

std::string rows_of(const client::CountedFailures& failures, std::size_t most = 20) {
  return failures.rows(most, [](std::chrono::nanoseconds at) { return std::to_string(at / milliseconds(1)) + " ms"; });
}

TEST(CountedFailures, ThirtyEqualOnesAreOneRow) {
  client::CountedFailures failures;
  EXPECT_EQ(rows_of(failures), "");
  for (int i = 0; i < 30; ++i) {
    failures.add("refused", "connection refused", milliseconds(30 - i));
  }
  failures.add("reset", "reset by the server", milliseconds(50));
  EXPECT_EQ(rows_of(failures),
            "  30 x  refused: connection refused, at 1 ms to 30 ms\n"
            "  1 x  reset: reset by the server, at 50 ms\n");
}

TEST(CountedFailures, TellHowManyCameBack) {
  client::CountedFailures failures;
  failures.add("reset", "reset by the server", milliseconds(1));
  failures.add_recovery(milliseconds(5));
  EXPECT_EQ(rows_of(failures), "  1 x  reset: reset by the server, at 1 ms; back after 5.00 ms\n");
  failures.add("reset", "reset by the server", milliseconds(1));
  failures.add_recovery(milliseconds(3));
  EXPECT_EQ(rows_of(failures), "  2 x  reset: reset by the server, at 1 ms; back after at most 5.00 ms\n");
  failures.add("reset", "reset by the server", milliseconds(1));
  EXPECT_EQ(rows_of(failures), "  3 x  reset: reset by the server, at 1 ms; 2 back after at most 5.00 ms\n");
}

TEST(CountedFailures, TellWhereTheFirstCameFrom) {
  client::CountedFailures failures;
  failures.add("reset", "reset by the server", milliseconds(5), "192.0.2.1:40000");
  EXPECT_EQ(rows_of(failures), "  1 x  reset: reset by the server, at 5 ms, from 192.0.2.1:40000\n");
  failures.add("reset", "reset by the server", milliseconds(2), "192.0.2.1:40001");
  EXPECT_EQ(rows_of(failures), "  2 x  reset: reset by the server, at 2 ms to 5 ms, the first from 192.0.2.1:40001\n");
}

TEST(CountedFailures, CountWhatHasNoRow) {
  client::CountedFailures failures;
  for (int i = 0; i < 12; ++i) {
    failures.add("bytes_changed", "wrong byte at offset " + std::to_string(i % 6), milliseconds(1));
  }
  EXPECT_EQ(rows_of(failures, 1),
            "  2 x  bytes_changed: wrong byte at offset 0, at 1 ms\n"
            "  10 more with other texts (--json lists them)\n");
}

}  // namespace
}  // namespace threadecho::test
