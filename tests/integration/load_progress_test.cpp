#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <vector>

#include "client/load_run.h"
#include "support/echo_fixture.h"

namespace threadecho::test {
namespace {

TEST(LoadProgress, CountsEachMessageOnce) {
  const EchoServer server;
  client::LoadOptions how;
  how.mode = client::LoadMode::kOpen;
  how.rate = 1000;
  how.duration = std::chrono::milliseconds(2500);
  how.warmup = std::chrono::milliseconds(0);
  std::vector<client::LoadSnapshot> snapshots;
  client::LoadHooks hooks;
  hooks.on_progress = [&](const client::LoadSnapshot& snapshot) { snapshots.push_back(snapshot); };
  const client::LoadResult result = client::run_load_test(how, server.endpoint(), hooks);
  EXPECT_GE(snapshots.size(), 2U);
  std::uint64_t messages = 0;
  std::uint64_t latencies = 0;
  for (const client::LoadSnapshot& snapshot : snapshots) {
    messages += snapshot.messages;
    latencies += snapshot.latencies.count();
  }
  EXPECT_GT(messages, 0U);
  EXPECT_LE(messages, result.messages);
  EXPECT_LE(latencies, result.messages);
}

}  // namespace
}  // namespace threadecho::test
