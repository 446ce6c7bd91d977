// A path against a peer on loopback. The sockets are real; the test moves the clock.
#include "watch/watch_path.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/sockios.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "net/endpoint.h"
#include "net/fd.h"
#include "support/captured_log.h"
#include "support/eventually.h"
#include "support/scripted_server.h"
#include "support/socket_io.h"

namespace threadecho::test {
namespace {

using namespace std::chrono_literals;
using client::FailureKind;
using watch::Clock;
using watch::MessageResult;
using watch::PathRecord;

/// Serves its clients when the test says so, on the thread of the test.
class StepPeer {
 public:
  /// What to do with bytes of client `number`, from 0. Returns whether to keep the connection.
  using Answer = std::function<bool(int fd, int number, const std::string& bytes)>;

  enum class AtEndOfFile { kClose, kKeep };

  explicit StepPeer(Answer answer, AtEndOfFile at_end = AtEndOfFile::kClose)
      : answer_(std::move(answer)),
        at_end_(at_end),
        listener_(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
    const auto any = *net::Endpoint::parse("127.0.0.1", 0);
    EXPECT_EQ(::bind(listener_.get(), any.address(), any.length()), 0);
    EXPECT_EQ(::listen(listener_.get(), 64), 0);
  }

  [[nodiscard]] net::Endpoint endpoint() const { return net::Endpoint::local_of(listener_.get()); }

  void serve() {
    for (net::Fd fd(accept()); fd; fd = net::Fd(accept())) {
      clients_.push_back({.fd = std::move(fd), .number = next_++});
    }
    std::erase_if(clients_, [this](const Client& client) { return !serve(client); });
  }

 private:
  struct Client {
    net::Fd fd;
    int number;
  };

  int accept() { return ::accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC); }

  /// Returns whether to keep it.
  bool serve(const Client& client) {
    std::array<char, 4096> buffer{};
    const ssize_t got = ::recv(client.fd.get(), buffer.data(), buffer.size(), 0);
    if (got < 0) {
      return errno == EAGAIN;
    }
    if (got == 0) {
      return at_end_ == AtEndOfFile::kKeep;
    }
    return answer_(client.fd.get(), client.number, std::string(buffer.data(), static_cast<std::size_t>(got)));
  }

  Answer answer_;
  AtEndOfFile at_end_;
  net::Fd listener_;
  std::vector<Client> clients_;
  int next_ = 0;
};

/// One path to an address.
class WatchedPath {
 public:
  static constexpr auto kInterval = 100ms;

  explicit WatchedPath(const net::Endpoint& address, std::chrono::milliseconds connect_every = 0ms,
                       std::chrono::milliseconds idle = 0ms) {
    options_.interval = kInterval;
    options_.timeout = 1s;
    options_.connect_every = connect_every;
    options_.idle = idle;
    options_.version_port = 0;
    path_ = std::make_unique<watch::WatchPath>(context_, target_, address, 0, now_);
  }

  /// Moves the clock on by this many intervals, in steps of 5 ms. Serves `peer` after each step, or after each `every`.
  /// Events come before what is due, as in the loop.
  void run(int intervals, StepPeer* peer = nullptr, int every = 1) {
    for (const auto end = now_ + intervals * kInterval; now_ < end; now_ += 5ms) {
      take_events();
      if (now_ >= path_->next_step()) {
        path_->advance(now_);
      }
      take_events();
      if (peer != nullptr && ++steps_ % every == 0) {
        peer->serve();
        take_events();
      }
    }
  }

  [[nodiscard]] const PathRecord& record() const { return path_->record(); }
  [[nodiscard]] std::uint64_t messages(MessageResult result) const {
    return record().counters.messages[watch::index_of(result)];
  }
  [[nodiscard]] std::uint64_t all_messages() const {
    const auto& messages = record().counters.messages;
    return std::accumulate(messages.begin(), messages.end(), std::uint64_t{0});
  }
  [[nodiscard]] std::uint64_t lost(FailureKind kind) const { return target_.lost.at(client::index_of(kind)); }
  [[nodiscard]] std::string log() const { return log_.text(); }

 private:
  void take_events() {
    std::array<epoll_event, 8> events{};
    const int count = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), 0);
    for (int i = 0; i < count; ++i) {
      auto* const connection = static_cast<watch::WatchConnection*>(events.at(static_cast<std::size_t>(i)).data.ptr);
      connection->note_events(events.at(static_cast<std::size_t>(i)).events);
      path_->handle(*connection, now_);
    }
  }

  Clock::time_point now_ = Clock::now();
  int steps_ = 0;
  net::Fd epoll_{::epoll_create1(EPOLL_CLOEXEC)};
  watch::Sockets sockets_{.epoll = epoll_.get(), .most = 100};
  watch::Timers timers_;
  CapturedLog log_;
  watch::WatchOptions options_;
  watch::PathContext context_{.options = options_,
                              .sockets = sockets_,
                              .timers = timers_,
                              .log = log_.logger(),
                              .ask_identity = [](watch::WatchPath&) {},
                              .ask_addresses = [] {}};
  watch::TargetRecord target_;
  std::unique_ptr<watch::WatchPath> path_;
};

bool echo_all(int fd, int /*number*/, const std::string& bytes) { return write_all(fd, bytes); }

bool echo_half_and_close(int fd, int /*number*/, const std::string& bytes) {
  write_all(fd, bytes.substr(0, bytes.size() / 2));
  return false;
}

bool echo_and_close(int fd, int /*number*/, const std::string& bytes) {
  write_all(fd, bytes);
  return false;
}

bool change(int fd, int /*number*/, std::string bytes) {
  bytes.back() = static_cast<char>(bytes.back() ^ 1);
  return write_all(fd, bytes);
}

bool stay_silent(int /*fd*/, int /*number*/, const std::string& /*bytes*/) { return true; }

TEST(WatchPath, CountsOneMessageInEachIntervalHoweverThePeerFails) {
  struct Row {
    const char* peer;
    StepPeer::Answer answer;
    MessageResult result;
  };
  for (const Row& row : {Row{"answers nothing", stay_silent, MessageResult::kLost},
                         Row{"echoes half and closes", echo_half_and_close, MessageResult::kLost},
                         Row{"changes each message", change, MessageResult::kWrong}}) {
    StepPeer peer(row.answer);
    WatchedPath path(peer.endpoint());
    path.run(100, &peer);
    EXPECT_EQ(path.all_messages(), 100U) << row.peer;
    EXPECT_EQ(path.messages(row.result), 100U) << row.peer;
    EXPECT_EQ(path.record().counters.lost, 1U) << row.peer;
  }
}

TEST(WatchPath, CountsOneLostMessageInEachIntervalWhereNothingListens) {
  const UnusedPort port;
  WatchedPath path(port.endpoint());
  path.run(100);
  EXPECT_EQ(path.all_messages(), 100U);
  EXPECT_EQ(path.messages(MessageResult::kLost), 100U);
  EXPECT_EQ(path.lost(FailureKind::kRefused), 1U);
}

TEST(WatchPath, CountsOneMessageInEachIntervalOfAPeerThatClosesAfterEachEcho) {
  StepPeer peer(echo_and_close);
  WatchedPath path(peer.endpoint());
  path.run(100, &peer);
  EXPECT_GE(path.all_messages(), 99U) << "the last one may be on its way";
  EXPECT_LE(path.all_messages(), 100U);
  EXPECT_EQ(path.messages(MessageResult::kWrong), 0U);
}

TEST(WatchPath, CountsEachMessageOnceWhileAllIsWell) {
  StepPeer peer(echo_all);
  WatchedPath path(peer.endpoint(), 300ms);
  path.run(100, &peer);
  EXPECT_GE(path.messages(MessageResult::kOk), 99U) << "the last one may be on its way";
  EXPECT_EQ(path.messages(MessageResult::kOk), path.all_messages());
  EXPECT_LE(path.all_messages(), 100U) << "fresh connections have messages of their own";
}

TEST(WatchPath, LosesNoMessageThatIsDueWhileASlowEchoIsOnItsWay) {
  StepPeer peer(echo_all);
  WatchedPath path(peer.endpoint());
  path.run(100, &peer, 50);  // it looks at its clients each 250 ms, within the timeout
  EXPECT_GE(path.messages(MessageResult::kOk), 97U) << "the last three may be due";
  EXPECT_EQ(path.messages(MessageResult::kOk), path.all_messages());
  EXPECT_LE(path.all_messages(), 100U);
}

TEST(WatchPath, CountsMessagesAsLostFromTheFaultUntilThePathIsUp) {
  bool is_silent = false;
  StepPeer peer([&](int fd, int number, const std::string& bytes) {
    return is_silent ? stay_silent(fd, number, bytes) : echo_all(fd, number, bytes);
  });
  WatchedPath path(peer.endpoint());
  path.run(10, &peer);
  EXPECT_TRUE(path.record().round_trip && path.record().tcp_round_trip);
  is_silent = true;
  path.run(30, &peer);
  EXPECT_EQ(path.record().state, watch::PathState::kDown);
  EXPECT_TRUE(path.record().fails(watch::ConnectionKind::kLasting));
  EXPECT_FALSE(path.record().round_trip || path.record().tcp_round_trip) << "those of before the outage say nothing";
  is_silent = false;
  path.run(30, &peer);
  EXPECT_EQ(path.record().state, watch::PathState::kUp);
  EXPECT_GE(path.messages(MessageResult::kLost), 29U);
  EXPECT_LE(path.messages(MessageResult::kLost), 41U) << "and at most a timeout of 1 s more";
  EXPECT_GE(path.all_messages(), 69U);
  EXPECT_LE(path.all_messages(), 70U);
}

TEST(WatchPath, CountsOneLossForEachOutageOfItsFreshConnection) {
  bool refuses_new = true;
  StepPeer peer([&](int fd, int number, const std::string& bytes) {
    return (number == 0 || !refuses_new) && echo_all(fd, number, bytes);
  });
  WatchedPath path(peer.endpoint(), 200ms);
  for (const std::uint64_t outages : {1U, 2U}) {
    refuses_new = true;
    path.run(20, &peer);
    EXPECT_EQ(path.lost(FailureKind::kClosedEarly) + path.lost(FailureKind::kReset), outages);
    EXPECT_EQ(path.record().counters.lost, outages);
    EXPECT_EQ(path.record().state, watch::PathState::kUp);
    EXPECT_EQ(path.record().last_loss->connection, watch::ConnectionKind::kFresh);
    EXPECT_TRUE(path.record().fails(watch::ConnectionKind::kFresh));
    EXPECT_FALSE(path.record().fails(watch::ConnectionKind::kLasting));
    refuses_new = false;
    path.run(20, &peer);
    EXPECT_FALSE(path.record().fails(watch::ConnectionKind::kFresh));
  }
  EXPECT_EQ(path.messages(MessageResult::kLost), 0U) << "those of the lasting connection all came back";
}

TEST(WatchPath, CountsOneLossOfFreshConnectionsWhoseEndTheServerNeverAnswers) {
  StepPeer peer(echo_all, StepPeer::AtEndOfFile::kKeep);
  WatchedPath path(peer.endpoint(), 2s);
  path.run(100, &peer);
  EXPECT_EQ(path.record().counters.lost, 1U) << path.log();
  EXPECT_EQ(path.record().last_loss->place, watch::Place::kHalfClosed);
  EXPECT_TRUE(path.record().fails(watch::ConnectionKind::kFresh));
  EXPECT_EQ(path.log().find("connection back"), std::string::npos) << "an echo alone is no orderly end";
}

TEST(WatchPath, TriesAFreshConnectionAgainSoonAfterAnOutageHoweverRareTheyAre) {
  bool refuses_new = true;
  StepPeer peer([&](int fd, int number, const std::string& bytes) {
    return (number == 0 || !refuses_new) && echo_all(fd, number, bytes);
  });
  WatchedPath path(peer.endpoint(), 60s);
  path.run(650, &peer);
  ASSERT_TRUE(path.record().fails(watch::ConnectionKind::kFresh));
  refuses_new = false;
  path.run(310, &peer);
  EXPECT_FALSE(path.record().fails(watch::ConnectionKind::kFresh)) << "within 30 s";
}

TEST(WatchPath, TriesAnIdleConnectionAgainSoonHoweverRareFreshOnesAre) {
  constexpr int kIdleConnection = 1;
  bool forgets = true;
  StepPeer peer([&](int fd, int number, const std::string& bytes) {
    return (number != kIdleConnection || !std::exchange(forgets, false)) && echo_all(fd, number, bytes);
  });
  WatchedPath path(peer.endpoint(), 1h, 1s);
  path.run(10, &peer);
  ASSERT_TRUE(path.record().fails(watch::ConnectionKind::kIdle)) << path.log();
  path.run(310, &peer);
  EXPECT_FALSE(path.record().fails(watch::ConnectionKind::kIdle)) << "within 30 s";
  EXPECT_EQ(path.record().counters.lost, 1U);
}

TEST(WatchPath, CountsNoWrongMessageForDataBetweenTwoMessages) {
  int last = -1;
  StepPeer peer([&](int fd, int number, const std::string& bytes) {
    last = fd;
    return echo_all(fd, number, bytes);
  });
  WatchedPath path(peer.endpoint());
  path.run(10, &peer);
  write_all(last, "more");
  ASSERT_TRUE(eventually([&] {  // at the other end
    int unacknowledged = -1;
    return ::ioctl(last, SIOCOUTQ, &unacknowledged) == 0 && unacknowledged == 0;
  }));
  path.run(10, &peer);
  EXPECT_EQ(path.lost(FailureKind::kWrongBytes), 1U);
  EXPECT_EQ(path.record().last_loss->place, watch::Place::kIdle);
  EXPECT_EQ(path.record().state, watch::PathState::kUp) << "again";
  EXPECT_EQ(path.messages(MessageResult::kWrong), 0U);
  EXPECT_GE(path.all_messages(), 19U);
  EXPECT_LE(path.all_messages(), 20U);
}

}  // namespace
}  // namespace threadecho::test
