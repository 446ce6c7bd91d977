#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <list>
#include <optional>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

#include "support/http_client.h"
#include "support/sending_clients.h"
#include "support/server_process.h"
#include "support/socket_io.h"
#include "support/test_client.h"
#include "support/thread_models.h"

namespace threadecho::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using namespace std::chrono_literals;

/// After this a signal is no longer the same request as the one before.
constexpr std::chrono::milliseconds kLaterRequest{1050};

/// Sends a message when the one before has come back, until the connection ends.
class TalkingClient {
 public:
  explicit TalkingClient(const net::Endpoint& server) : client_(server), thread_([this] { talk(); }) {}
  ~TalkingClient() {
    ::shutdown(client_.fd(), SHUT_RDWR);
    if (thread_.joinable()) {
      thread_.join();
    }
  }
  TalkingClient(const TalkingClient&) = delete;
  TalkingClient& operator=(const TalkingClient&) = delete;

  [[nodiscard]] bool is_under_way() const {
    return eventually([this] { return echoed_ > 0; });
  }
  /// Waits for the end of the connection, and expects the beginning of what was sent and an end of file.
  void expect_exact_prefix() {
    thread_.join();
    EXPECT_EQ(error_number_, 0);
    EXPECT_TRUE(sent_.starts_with(got_));
  }

 private:
  void talk() {
    const std::string message = random_bytes(1000, 1);
    std::string buffer(message.size(), '\0');
    for (;;) {
      sent_ += message;
      if (!client_.try_send(message)) {
        error_number_ = errno;
        return;
      }
      while (got_.size() < sent_.size()) {
        const ssize_t size = ::recv(client_.fd(), buffer.data(), sent_.size() - got_.size(), 0);
        if (size <= 0) {
          error_number_ = size == 0 ? 0 : errno;
          return;
        }
        got_.append(buffer.data(), static_cast<std::size_t>(size));
      }
      ++echoed_;
    }
  }

  TestClient client_;
  std::atomic<int> echoed_{0};
  std::string sent_;
  std::string got_;
  int error_number_ = 0;
  std::thread thread_;
};

/// Over all thread models of the real program.
class Stop : public ::testing::TestWithParam<std::string> {
 protected:
  static std::pair<std::string, std::string> model() { return {"THREAD_MODEL", GetParam()}; }
};
INSTANTIATE_TEST_SUITE_P(, Stop, ::testing::ValuesIn(all_thread_models), name_of_thread_model);

bool becomes_unready(const ServerProcess& server) {
  return eventually([&] { return http_get(server.http_port(), "/readyz").status == 503; });
}

TEST_P(Stop, FallsFromReadinessAtOnceAndAcceptsDuringTheDelay) {
  ServerProcess server({.arguments = {"--drain-delay", "1d"}, .environment = {model()}, .env_file = {}});
  server.wait_until_serving();
  EXPECT_EQ(http_get(server.http_port(), "/readyz").status, 200);
  server.signal(SIGTERM);
  ASSERT_TRUE(becomes_unready(server));
  EXPECT_THAT(http_get(server.http_port(), "/readyz").body, HasSubstr("draining"));
  EXPECT_EQ(http_get(server.http_port(), "/healthz").status, 200);
  EXPECT_EQ(server.metric("threadecho_draining"), 1);
  EXPECT_EQ(TestClient(server.echo()).echo("still accepted"), "still accepted");
}

TEST_P(Stop, ClosesTheListenerAndLetsOpenConnectionsFinish) {
  ServerProcess server({.arguments = {"--drain-timeout", "1d"}, .environment = {model()}, .env_file = {}});
  server.wait_until_serving();
  TestClient client(server.echo());
  EXPECT_EQ(client.echo("before"), "before");
  server.signal(SIGINT);
  ASSERT_TRUE(becomes_unready(server));
  EXPECT_TRUE(eventually([&] {
    try {
      TestClient late(server.echo());
      return false;
    } catch (const std::system_error&) {
      return true;  // refused
    }
  }));
  EXPECT_EQ(client.echo("during"), "during");
  client.close();
  EXPECT_EQ(server.wait(), 0);
  EXPECT_THAT(server.output(), HasSubstr("reason=drained"));
  EXPECT_THAT(server.output(), HasSubstr("ended_at_deadline=0"));
}

TEST_P(Stop, KeepsEveryOwedByteWhenTheSameSignalComesTwice) {
  constexpr std::size_t kOwed = std::size_t{6} * 1024 * 1024;
  for (const std::chrono::microseconds gap : {100us, 1000us, 10'000us, 100'000us, 300'000us}) {
    ServerProcess server({.arguments = {"--drain-timeout", "1d"}, .environment = {model()}, .env_file = {}});
    server.wait_until_serving();
    const TestClient slow(server.echo(), 4096, 0);
    const std::string sent = random_bytes(kOwed, 1);
    std::thread sender([&] {
      static_cast<void>(slow.try_send(sent));
      slow.half_close();
    });
    std::string got = slow.receive(1);  // it is served, and reads no more until both signals have been sent
    server.signal(SIGTERM);
    std::this_thread::sleep_for(gap);
    server.signal(SIGTERM);
    for (std::string piece = read_some(slow.fd()); !piece.empty(); piece = read_some(slow.fd())) {
      got += piece;
      if (got.size() < kOwed / 4) {
        std::this_thread::sleep_for(1ms);
      }
    }
    sender.join();
    EXPECT_TRUE(got == sent) << got.size() << " of " << kOwed << " bytes, " << gap.count() << " us";
    EXPECT_EQ(server.wait(), 0) << gap.count() << " us";
    EXPECT_THAT(server.output(), HasSubstr("ended_at_deadline=0"));
  }
}

TEST_P(Stop, DrainsWhenItsTerminalCloses) {
  ServerProcess server({.arguments = {"--drain-timeout", "1d"}, .environment = {model()}, .env_file = {}});
  server.wait_until_serving();
  TestClient client(server.echo());
  EXPECT_EQ(client.echo("before"), "before");
  server.signal(SIGHUP);
  ASSERT_TRUE(becomes_unready(server));
  EXPECT_EQ(client.echo("during"), "during");
  client.close();
  EXPECT_EQ(server.wait(), 0);
  EXPECT_THAT(server.output(), HasSubstr("draining signal=SIGHUP"));
}

TEST_P(Stop, LeavesAHangupIgnoredAsNohupWants) {
  ServerProcess server({.arguments = {}, .environment = {model()}, .env_file = {}, .ignores_hangup = true});
  server.wait_until_serving();
  server.signal(SIGHUP);
  server.signal(SIGTERM);
  EXPECT_EQ(server.wait(), 0);
  EXPECT_THAT(server.output(), HasSubstr("draining signal=SIGTERM"));
  EXPECT_THAT(server.output(), Not(HasSubstr("SIGHUP")));
}

TEST_P(Stop, IsCutShortInOrderByALaterSignal) {
  struct Drained {
    Drained(const std::string& model, const char* phase, int later)
        : server({.arguments = {phase, "1d"}, .environment = {{"THREAD_MODEL", model}}, .env_file = {}}),
          later_signal(later) {
      server.wait_until_serving();
      client.emplace(server.echo());
    }
    ServerProcess server;
    int later_signal;
    std::optional<TalkingClient> client;
  };
  std::list<Drained> drains;
  for (const int later : {SIGTERM, SIGHUP, SIGINT}) {
    for (const char* phase : {"--drain-delay", "--drain-timeout"}) {
      drains.emplace_back(GetParam(), phase, later);
    }
  }
  for (Drained& drain : drains) {
    ASSERT_TRUE(drain.client->is_under_way());
    drain.server.signal(SIGTERM);
    ASSERT_TRUE(becomes_unready(drain.server));
  }
  std::this_thread::sleep_for(kLaterRequest);
  for (Drained& drain : drains) {
    drain.server.signal(drain.later_signal);
  }
  for (Drained& drain : drains) {
    EXPECT_EQ(drain.server.wait(), 0);
    drain.client->expect_exact_prefix();
    EXPECT_THAT(drain.server.output(), HasSubstr("drain cut short signal="));
    EXPECT_THAT(drain.server.output(), HasSubstr("ended_at_deadline=1"));
  }
}

/// A client that stays prolongs every drain, and the linger after it too.
class StopAtOnce : public Stop {
 protected:
  StopAtOnce() {
    server_.wait_until_serving();
    client_.emplace(server_.echo());
    EXPECT_EQ(client_->echo("x"), "x");
  }

  // ThreadSanitizer would report the threads that are still there, as they should be, and change the exit status.
  ServerProcess server_{{.arguments = {"--drain-timeout", "1d"},
                         .environment = {model(), {"TSAN_OPTIONS", "report_thread_leaks=0"}},
                         .env_file = {}}};
  std::optional<TestClient> client_;
};
INSTANTIATE_TEST_SUITE_P(, StopAtOnce, ::testing::ValuesIn(all_thread_models), name_of_thread_model);

TEST_P(StopAtOnce, IsWhatCtrlCTwiceAsksFor) {
  server_.signal(SIGINT);
  ASSERT_TRUE(becomes_unready(server_));
  server_.signal(SIGINT);  // the same request
  std::this_thread::sleep_for(kLaterRequest);
  EXPECT_EQ(http_get(server_.http_port(), "/healthz").status, 200);
  server_.signal(SIGINT);
  EXPECT_EQ(server_.wait(), 128 + SIGINT);
  EXPECT_THAT(server_.output(), HasSubstr("exiting at once signal=SIGINT connections=1"));
}

TEST_P(StopAtOnce, IsWhatAThirdSignalAsksForEvenWhileConnectionsLinger) {
  server_.signal(SIGTERM);
  ASSERT_TRUE(becomes_unready(server_));
  server_.signal(SIGHUP);
  server_.signal(SIGINT);
  EXPECT_EQ(server_.wait(), 128 + SIGINT);
}

TEST_P(Stop, GivesClientsThatGoOnSendingAnExactPrefixAndThenAnEndOfFile) {
  ServerProcess server({.arguments = {"--drain-timeout", "100ms", "--pool-threads", "8"},  // one for each client
                        .environment = {model()},
                        .env_file = {}});
  server.wait_until_serving();
  SendingClients clients(server.echo(), 8);
  ASSERT_TRUE(clients.are_under_way());
  server.signal(SIGTERM);
  EXPECT_EQ(server.wait(), 0);
  clients.expect_exact_prefixes();
  EXPECT_THAT(server.output(), HasSubstr("ended_at_deadline=8"));
}

}  // namespace
}  // namespace threadecho::test
