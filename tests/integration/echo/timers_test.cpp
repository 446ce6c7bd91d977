#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <sys/socket.h>

#include <atomic>
#include <functional>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

#include "echo/connection_age.h"
#include "support/echo_fixture.h"

namespace threadecho::test {
namespace {

using Clock = std::chrono::steady_clock;
using echo::CloseReason;
using std::chrono::milliseconds;
using namespace std::chrono_literals;

/// How late a timer may end a connection, and how far off the test's own clock may be.
constexpr milliseconds kMostLate{100};
constexpr milliseconds kSlack{200};
/// A timer of the kernel may end this much early.
constexpr milliseconds kEarly{20};

/// Long enough for the timer wheel, which ends a socket's timeout up to an eighth late, to be seen: 2.5 s.
constexpr milliseconds kLong{20'000};

/// How late this machine wakes a thread at worst: one that sleeps 5 ms at a time on each of its processors.
class WakeUpDelay {
 public:
  WakeUpDelay() {
    for (std::uint32_t cpu = 0; cpu < config::number_of_cpus(); ++cpu) {
      threads_.emplace_back([this, cpu] { measure(cpu); });
    }
  }
  ~WakeUpDelay() {
    over_ = true;
    for (std::thread& thread : threads_) {
      thread.join();
    }
  }
  WakeUpDelay(const WakeUpDelay&) = delete;
  WakeUpDelay& operator=(const WakeUpDelay&) = delete;

  [[nodiscard]] milliseconds worst() const { return milliseconds(worst_); }

 private:
  void measure(std::uint32_t cpu) {
    cpu_set_t only{};
    CPU_SET(cpu, &only);  // NOLINT: glibc's macro
    ::pthread_setaffinity_np(::pthread_self(), sizeof only, &only);
    while (!over_) {
      const auto until = Clock::now() + 5ms;
      std::this_thread::sleep_until(until);
      const auto late = std::chrono::ceil<milliseconds>(Clock::now() - until).count();
      auto worst = worst_.load();
      while (late > worst && !worst_.compare_exchange_weak(worst, late)) {
      }
    }
  }

  std::atomic<bool> over_{false};
  std::atomic<milliseconds::rep> worst_{0};
  std::vector<std::thread> threads_;
};

constexpr Clock::time_point kByWriteTimeout{};

struct Case {
  std::string name;
  std::function<void(config::Settings&)> set;
  CloseReason reason;
  /// What the client does, given the time just before it connected; returns when the server should end the connection,
  /// counted from just before the client acted, or kByWriteTimeout. The server never counts from an earlier time.
  std::function<Clock::time_point(const TestClient&, Clock::time_point)> act;
};

/// Sends until the server has taken nothing for 200 ms.
void fill(const TestClient& client) {
  const std::string piece = random_bytes(65536, 1);
  pollfd polled{.fd = client.fd(), .events = POLLOUT, .revents = 0};
  while (::poll(&polled, 1, 200) > 0) {
    static_cast<void>(::send(client.fd(), piece.data(), piece.size(), MSG_NOSIGNAL | MSG_DONTWAIT));
  }
}

/// When the client's kernel last received data, which it acknowledged. The server's kernel may send into a small window
/// seconds after the client has stopped reading.
Clock::time_point last_data_received(const TestClient& client) {
  tcp_info info{};
  socklen_t length = sizeof info;
  EXPECT_EQ(::getsockopt(client.fd(), IPPROTO_TCP, TCP_INFO, &info, &length), 0);
  return Clock::now() - milliseconds(info.tcpi_last_data_recv);
}

/// When the server ended its only connection.
Clock::time_point time_of_end(EchoServer& server) {
  EXPECT_TRUE(eventually([&] {
    const auto connections = server.server().connections();
    return connections.empty() || connections.front().state == echo::ConnectionState::kEnding;
  }));
  return Clock::now();
}

void use_small_buffers(config::Settings& settings) { settings.socket_buffer_size = std::size_t{16} * 1024; }

void let_only_age_end_a_blocked_send(config::Settings& settings) {
  use_small_buffers(settings);
  settings.max_connection_age = kLong;
  settings.write_timeout = 0ms;
}

std::vector<Case> cases() {
  const auto age_end = [](Clock::time_point connected) { return echo::age_deadline(1, connected, kLong).value(); };
  return {
      {"idle", [](auto& settings) { settings.idle_timeout = kLong; }, CloseReason::kIdleTimeout,
       [](const TestClient& client, Clock::time_point) {
         const auto sent = Clock::now();
         EXPECT_EQ(client.echo("last words"), "last words");
         return sent + kLong;
       }},
      {"idle after a message near the deadline", [](auto& settings) { settings.idle_timeout = kLong / 2; },
       CloseReason::kIdleTimeout,
       [](const TestClient& client, Clock::time_point) {
         EXPECT_EQ(client.echo("one"), "one");
         std::this_thread::sleep_for(kLong * 23 / 50);
         const auto sent = Clock::now();
         EXPECT_EQ(client.echo("two"), "two");
         return sent + kLong / 2;
       }},
      {"age, silent", [](auto& settings) { settings.max_connection_age = kLong; }, CloseReason::kMaxAge,
       [=](const TestClient& client, Clock::time_point connected) {
         EXPECT_EQ(client.echo("x"), "x");
         return age_end(connected);
       }},
      {"age, silent since shortly before", [](auto& settings) { settings.max_connection_age = kLong; },
       CloseReason::kMaxAge,
       [=](const TestClient& client, Clock::time_point connected) {
         const auto end = age_end(connected);
         while (end - Clock::now() > 300ms) {
           EXPECT_EQ(client.echo("x"), "x");
           std::this_thread::sleep_for(250ms);
         }
         return end;
       }},
      {"age, send blocked", let_only_age_end_a_blocked_send, CloseReason::kMaxAge,
       [=](const TestClient& client, Clock::time_point connected) {
         const auto end = age_end(connected);
         fill(client);
         return end;
       }},
      {"age, send blocked shortly before", let_only_age_end_a_blocked_send, CloseReason::kMaxAge,
       [=](const TestClient& client, Clock::time_point connected) {
         const auto end = age_end(connected);
         std::this_thread::sleep_until(end - 2s);
         fill(client);
         return end;
       }},
      {"write timeout, nothing read",
       [](auto& settings) {
         use_small_buffers(settings);
         settings.write_timeout = kLong * 3 / 4;
       },
       CloseReason::kWriteTimeout,
       [](const TestClient& client, Clock::time_point) {
         fill(client);
         return kByWriteTimeout;
       }},
      {"write timeout, reading stopped",
       [](auto& settings) {
         use_small_buffers(settings);
         settings.write_timeout = kLong / 2;
       },
       CloseReason::kWriteTimeout,
       [](const TestClient& client, Clock::time_point) {
         for (int i = 0; i < 20; ++i) {
           fill(client);
           static_cast<void>(client.receive(20'000));
         }
         return kByWriteTimeout;
       }},
      // The kernel holds so much that the few bytes read do not make the socket writable: there is no event.
      // The size is fixed, because a buffer that the kernel enlarges takes more bytes, and the stall begins again.
      {"write timeout, read once in a long stall",
       [](auto& settings) {
         settings.socket_buffer_size = std::size_t{256} * 1024;
         settings.write_timeout = kLong / 2;
       },
       CloseReason::kWriteTimeout,
       [](const TestClient& client, Clock::time_point) {
         fill(client);
         std::this_thread::sleep_for(4s);  // the server's next look is seconds away
         static_cast<void>(client.receive(20'000));
         return kByWriteTimeout;
       }},
      {"write timeout, half closed, read once", [](auto& settings) { settings.write_timeout = kLong / 2; },
       CloseReason::kWriteTimeout,
       [](const TestClient& client, Clock::time_point) {
         client.send(random_bytes(200'000, 1));
         client.half_close();
         std::this_thread::sleep_for(4s);
         static_cast<void>(client.receive(20'000));
         return kByWriteTimeout;
       }},
      {"write timeout, half closed", [](auto& settings) { settings.write_timeout = kLong * 3 / 4; },
       CloseReason::kWriteTimeout,
       [](const TestClient& client, Clock::time_point) {
         client.send(random_bytes(200'000, 1));
         client.half_close();
         return kByWriteTimeout;
       }},
  };
}

void expect_in_time(const Case& tried, config::ThreadModel model, const WakeUpDelay& delay) {
  auto settings = test_settings();
  settings.thread_model = model;
  tried.set(settings);
  EchoServer server(settings);
  const auto connected = Clock::now();
  const TestClient client(server.endpoint(), 4096, 4096);
  const auto expected = tried.act(client, connected);
  const auto ended = time_of_end(server);
  const auto deadline = expected == kByWriteTimeout ? last_data_received(client) + settings.write_timeout : expected;
  const auto late = std::chrono::duration_cast<milliseconds>(ended - deadline);
  const std::string what = tried.name + ", " + std::string(name_of(model));
  EXPECT_GE(late, -kEarly) << what;
  EXPECT_LE(late, kMostLate + kSlack + delay.worst()) << what;
  std::cout << what + ": " + std::to_string(late.count()) + " ms late\n";
  EXPECT_TRUE(server.closes(tried.reason)) << what;
}

/// All of them at once: together they take as long as the longest.
TEST(Timers, EndConnectionsAtMostAHundredMillisecondsLate) {
  const WakeUpDelay delay;
  std::vector<std::thread> threads;
  for (const auto model : kModels) {
    for (const Case& tried : cases()) {
      threads.emplace_back([&delay, tried, model] { expect_in_time(tried, model, delay); });
    }
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
}

}  // namespace
}  // namespace threadecho::test
