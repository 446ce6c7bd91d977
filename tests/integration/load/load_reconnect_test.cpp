#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <future>
#include <string>
#include <utility>
#include <vector>

#include "client/name_lookup.h"
#include "load/load_run.h"
#include "load/text_report.h"
#include "net/wakeup.h"
#include "support/faulty_server.h"
#include "support/scripted_server.h"
#include "support/watchdog.h"

namespace threadecho::test {
namespace {

using load::LoadIncident;
using load::LoadResult;
using load::Nanoseconds;
using ::testing::HasSubstr;

constexpr std::size_t kMessageSize = 64;

/// A run of one connection that is connected again after each loss, until the server notifies `stop`.
LoadResult run_until(const net::Wakeup& stop, const FaultyServer& server, client::NameLookup* names = nullptr) {
  const Watchdog watchdog("the run did not end");
  load::LoadOptions how;
  how.target = {.host = "test", .port = 1};
  how.size = kMessageSize;
  how.duration = std::chrono::hours(1);
  how.warmup = std::chrono::milliseconds(0);
  how.reconnect = true;
  load::LoadHooks hooks;
  hooks.stop_fd = stop.fd();
  hooks.names = names;
  return load::run_load_test(how, server.endpoint(), hooks);
}

TEST(LoadReconnect, AChurnWaitsBrieflyAgainAfterAConnectionThatEchoed) {
  load::LoadOptions how;
  how.mode = load::LoadMode::kChurn;
  how.duration = std::chrono::seconds(3);
  how.warmup = std::chrono::milliseconds(0);
  const FaultyServer server([&](int fd, int number) {
    if (number % 2 == 0) {
      write_all(fd, read_exactly(fd, how.size));
      read_to_end(fd);
    }
  });
  const LoadResult result = load::run_load_test(how, server.endpoint());
  // A wait that went on doubling would be half a second from the seventh failure on: 11 in 3 s.
  EXPECT_GT(result.incidents.total(), 16U) << load::text_report(result);
}

TEST(LoadReconnect, WaitsBrieflyAgainAfterAConnectionThatEchoed) {
  constexpr int kConnections = 20;
  net::Wakeup stop;
  const FaultyServer server([&](int fd, int number) {
    write_all(fd, read_exactly(fd, kMessageSize));
    if (number == kConnections) {
      stop.notify();
      echo_until_closed(fd);
    }
  });
  const LoadResult result = run_until(stop, server);
  ASSERT_EQ(result.incidents.total(), std::uint64_t{kConnections}) << load::text_report(result);
  // A wait that went on doubling would be half a second from the sixth connection on.
  constexpr Nanoseconds kBrief = 400'000'000;
  const auto brief = std::ranges::count_if(result.incidents.kept(), [](const LoadIncident& incident) {
    return incident.recovered_after >= 0 && incident.recovered_after < kBrief;
  });
  EXPECT_GE(brief, kConnections / 2) << load::text_report(result);
}

TEST(LoadReconnect, LooksTheNameUpAgainAndGoesWhereItPointsNow) {
  net::Wakeup stop;
  const FaultyServer old([](int fd, int number) {
    if (number == 0) {
      write_all(fd, read_exactly(fd, kMessageSize));
    }
  });
  const FaultyServer successor([&](int fd, int /*number*/) {
    write_all(fd, read_exactly(fd, kMessageSize));
    stop.notify();
    echo_until_closed(fd);
  });
  int look_ups = 0;
  client::NameLookup names([&]() -> client::Resolution {
    return ++look_ups == 1 ? client::Resolution{.endpoints = {}, .reason = "not now"}
                           : client::Resolution{.endpoints = {successor.endpoint()}, .reason = {}};
  });
  const LoadResult result = run_until(stop, old, &names);
  EXPECT_EQ(result.incidents.total(), 1U) << load::text_report(result);
  EXPECT_EQ(result.incidents.total_recovered(), 1U) << load::text_report(result);
  EXPECT_EQ(look_ups, 2);
  EXPECT_EQ(result.incidents.failed_look_ups().at("name test not found (not now)"), 1U);
  ASSERT_EQ(result.addresses.size(), 2U);
  EXPECT_EQ(result.addresses[1].to_string(), successor.target());
  EXPECT_THAT(load::text_report(result, 80), HasSubstr("\nmoved to     " + successor.target() + "\n"));
  EXPECT_THAT(load::text_report(result, 80), HasSubstr("  1 x  look-up failed: name test not found (not now)\n"));
}

/// Loses its first client after one message, and stops the run once the second has one back.
class OnceLost {
 public:
  net::Wakeup stop;
  FaultyServer server{[this](int fd, int number) {
    write_all(fd, read_exactly(fd, kMessageSize));
    if (number > 0) {
      stop.notify();
      echo_until_closed(fd);
    }
  }};
};

TEST(LoadReconnect, UsesTheAddressThatItKnowsWhenTheNameIsGone) {
  OnceLost once;
  client::NameLookup names([] { return client::Resolution{.endpoints = {}, .reason = "gone"}; });
  const LoadResult result = run_until(once.stop, once.server, &names);
  EXPECT_EQ(result.incidents.total(), 1U) << load::text_report(result);
  EXPECT_EQ(result.incidents.total_recovered(), 1U) << load::text_report(result);
  EXPECT_EQ(result.incidents.failed_look_ups().at("name test not found (gone)"), 1U);
}

TEST(LoadReconnect, UsesTheAddressThatItKnowsWhenTheNameServerIsSilent) {
  OnceLost once;
  std::promise<void> given_up;
  client::NameLookup names([&] {
    given_up.get_future().wait();
    return client::Resolution{};
  });
  const LoadResult result = run_until(once.stop, once.server, &names);
  given_up.set_value();
  EXPECT_EQ(result.incidents.total_recovered(), 1U) << load::text_report(result);
  EXPECT_EQ(result.incidents.failed_look_ups().at("name test not found (no answer within 1s)"), 1U);
}

/// A run of four connections that come back when they are lost.
LoadResult run_of_four(const FaultyServer& server, client::NameLookup* names,
                       std::vector<net::Endpoint> candidates = {}) {
  load::LoadOptions how;
  how.target = {.host = "test", .port = 1};
  how.connections = 4;
  how.threads = 2;
  how.size = kMessageSize;
  how.duration = std::chrono::seconds(3);
  how.warmup = std::chrono::milliseconds(0);
  how.reconnect = true;
  load::LoadHooks hooks;
  hooks.names = names;
  hooks.candidates = std::move(candidates);
  return load::run_load_test(how, hooks.candidates.empty() ? server.endpoint() : hooks.candidates.front(), hooks);
}

TEST(LoadReconnect, CountsALookUpThatFailedOnceForAllConnections) {
  const FaultyServer server([](int fd, int number) {
    write_all(fd, read_exactly(fd, kMessageSize));
    if (number >= 4) {
      echo_until_closed(fd);
    }
  });
  std::promise<void> given_up;
  std::atomic<unsigned> look_ups{0};
  client::NameLookup names([&] {
    ++look_ups;
    given_up.get_future().wait();
    return client::Resolution{};
  });
  const LoadResult result = run_of_four(server, &names);
  given_up.set_value();
  EXPECT_EQ(result.incidents.total_recovered(), 4U) << load::text_report(result);
  EXPECT_EQ(look_ups, 1U);
  EXPECT_EQ(result.incidents.failed_look_ups().at("name test not found (no answer within 1s)"), 1U);
  EXPECT_TRUE(result.incidents.failed_attempts().empty());
}

TEST(LoadReconnect, TellsAnAddressThatFailedBeforeAnotherAnswered) {
  const FaultyServer server([](int fd, int /*number*/) { echo_until_closed(fd); });
  const FullListener silent;
  const UnusedPort unused;
  client::NameLookup names([&] {
    return client::Resolution{.endpoints = {unused.endpoint(), silent.endpoint(), server.endpoint()}, .reason = {}};
  });
  const FaultyServer old([](int fd, int /*number*/) { write_all(fd, read_exactly(fd, kMessageSize)); });
  const LoadResult result = run_of_four(old, &names);
  EXPECT_EQ(result.incidents.total_recovered(), result.incidents.total()) << load::text_report(result);
  const auto& failed = result.incidents.failed_attempts();
  EXPECT_TRUE(failed.contains(unused.endpoint().to_string() + " refused the connection")) << load::text_report(result);
  const auto is_of_silent = [&](const auto& row) {
    return row.first.starts_with("no answer from " + silent.endpoint().to_string() + " within ");
  };
  EXPECT_TRUE(std::ranges::any_of(failed, is_of_silent)) << load::text_report(result);
}

TEST(LoadReconnect, TriesAllCandidatesWhileNoneHasConnected) {
  const FaultyServer server([](int fd, int /*number*/) { echo_until_closed(fd); });
  const UnusedPort unused;
  const LoadResult result = run_of_four(server, nullptr, {unused.endpoint(), server.endpoint()});
  EXPECT_TRUE(result.is_clean()) << load::text_report(result);
  ASSERT_EQ(result.addresses.size(), 1U) << "no connection was made to the other one";
  EXPECT_EQ(result.addresses[0].to_string(), server.target());
  EXPECT_GE(result.incidents.failed_attempts().at(unused.endpoint().to_string() + " refused the connection"), 1U);
}

TEST(LoadReconnect, CountsTheTimeUntilALossWasNoticed) {
  load::LoadOptions how;
  how.target = {.host = "test", .port = 1};
  how.size = kMessageSize;
  how.timeout = std::chrono::milliseconds(600);
  how.duration = std::chrono::seconds(2);
  how.warmup = std::chrono::milliseconds(0);
  how.reconnect = true;
  const FaultyServer server([](int fd, int number) {
    if (number == 0) {
      write_all(fd, read_exactly(fd, kMessageSize));
      read_to_end(fd);
    } else {
      echo_until_closed(fd);
    }
  });
  const LoadResult result = load::run_load_test(how, server.endpoint());
  EXPECT_EQ(result.incidents.count(client::FailureKind::kEchoTimeout), 1U) << load::text_report(result);
  EXPECT_GE(result.incidents.longest_outage(), Nanoseconds{600'000'000});
}

TEST(LoadReconnect, SendsOnBehindWhatTheLostConnectionSent) {
  net::Wakeup stop;
  std::array<std::string, 2> messages;
  {
    const FaultyServer server([&](int fd, int number) {
      const std::string message = read_exactly(fd, kMessageSize);
      if (number < 2) {
        messages.at(static_cast<std::size_t>(number)) = message;
      }
      if (number > 0) {
        stop.notify();
        write_all(fd, message);
        echo_until_closed(fd);
      }
    });
    const LoadResult result = run_until(stop, server);
    EXPECT_EQ(result.incidents.total(), 1U) << load::text_report(result);
  }  // the server has joined its threads: only now may this one read their messages
  EXPECT_EQ(messages[0].size(), kMessageSize);
  EXPECT_EQ(messages[1].size(), kMessageSize);
  EXPECT_NE(messages[0], messages[1]) << "late bytes of the lost connection would pass for those of the new one";
}

}  // namespace
}  // namespace threadecho::test
