#include <gtest/gtest.h>

#include <chrono>

#include "watch/watch_connection.h"

namespace threadecho::test {
namespace {

using namespace std::chrono_literals;
using watch::Sockets;
using watch::WatchOptions;

TEST(WatchSockets, AreNeededByThreeKindsOfConnections) {
  WatchOptions options;  // a fresh one each 30 s, which may last 4 s
  EXPECT_EQ(Sockets::needed(options, 0), 0U);
  EXPECT_EQ(Sockets::needed(options, 1), 3U);
  EXPECT_EQ(Sockets::needed(options, 300), 640U);
  options.idle = 0ms;
  EXPECT_EQ(Sockets::needed(options, 300), 340U);
  options.connect_every = 1s;
  EXPECT_EQ(Sockets::needed(options, 300), 600U) << "a path has one fresh connection at a time";
  options.connect_every = 0ms;
  EXPECT_EQ(Sockets::needed(options, 300), 300U);
}

}  // namespace
}  // namespace threadecho::test
