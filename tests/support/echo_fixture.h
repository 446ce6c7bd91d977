#pragma once

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "config/settings.h"
#include "echo/limits.h"
#include "echo/server.h"
#include "log/logger.h"
#include "support/captured_log.h"
#include "support/test_client.h"
#include "support/watchdog.h"

namespace threadecho::test {

/// Settings for a server in the process: any free port, no drain time, otherwise the defaults.
config::Settings test_settings();

/// An echo server in this process on a free port, with a log that can be read. Its destructor stops it; the test
/// program ends if that takes longer than kPatience.
class EchoServer {
 public:
  explicit EchoServer(config::Settings settings = test_settings());
  /// With limits other than this host's.
  EchoServer(config::Settings settings, const echo::EffectiveLimit& limit);
  ~EchoServer();
  EchoServer(const EchoServer&) = delete;
  EchoServer& operator=(const EchoServer&) = delete;

  [[nodiscard]] net::Endpoint endpoint(std::string_view address = "127.0.0.1") const {
    return loopback(server_.endpoint(), address);
  }
  [[nodiscard]] TestClient connect() const { return TestClient(endpoint()); }
  [[nodiscard]] echo::Totals totals() const { return server_.totals(); }
  [[nodiscard]] std::uint64_t closed(echo::CloseReason reason) const { return totals().closed[echo::index_of(reason)]; }
  [[nodiscard]] std::uint64_t rejected(echo::RejectReason reason) const {
    return totals().rejected[echo::index_of(reason)];
  }
  /// Waits until `count` connections have ended for this reason.
  [[nodiscard]] bool closes(echo::CloseReason reason, std::uint64_t count = 1) const {
    return eventually([&] { return closed(reason) >= count; });
  }
  /// Waits until `count` connections are open, and each of them has a thread.
  [[nodiscard]] bool has_active(std::uint64_t count) const { return has(count, 0); }
  /// Waits until `active` connections are open, and `waiting` of them wait for a thread.
  [[nodiscard]] bool has(std::uint64_t active, std::uint64_t waiting) const {
    return eventually([&] {
      const auto now = totals();
      return now.active == active && now.waiting == waiting;
    });
  }
  [[nodiscard]] const CapturedLog& log() const noexcept { return log_; }

  [[nodiscard]] echo::Server& server() noexcept { return server_; }
  /// The two first steps of a drain, and the wait for the second one.
  void begin_drain_and_stop_accepting();
  /// The rest of it, at once. Returns how many connections had to be ended.
  std::size_t stop();

 private:
  config::Settings settings_;
  CapturedLog log_;
  std::optional<Watchdog> watchdog_;  ///< while the server, which is destroyed first, stops
  echo::Server server_;
};

/// A refused client reads an end of file, never a reset.
void expect_orderly_refusal(const TestClient& client);

/// For tests that must hold in every thread model:
///   INSTANTIATE_TEST_SUITE_P(, Suite, all_models(), name_of_model);
class OverAllModels : public ::testing::TestWithParam<config::ThreadModel> {
 protected:
  /// Threads of `blocking-pool`. Up to this many clients get served at once in every model.
  static constexpr std::uint32_t kBlockingThreads = 64;

  /// Like the function of the same name, with the model under test: two workers in `pool`, kBlockingThreads in
  /// `blocking-pool`.
  [[nodiscard]] static config::Settings test_settings();
  [[nodiscard]] static bool is_pool() { return GetParam() == config::ThreadModel::kPool; }
  /// What the names of echo threads begin with.
  [[nodiscard]] static const char* thread_names() {
    return GetParam() == config::ThreadModel::kPerConnection ? "echo-" : "pool-";
  }
};
inline constexpr std::array<config::ThreadModel, 3> kModels = {
    config::ThreadModel::kPerConnection, config::ThreadModel::kBlockingPool, config::ThreadModel::kPool};
inline auto all_models() { return ::testing::ValuesIn(kModels); }
std::string_view name_of(config::ThreadModel model);
std::string name_of_model(const ::testing::TestParamInfo<config::ThreadModel>& info);

}  // namespace threadecho::test
