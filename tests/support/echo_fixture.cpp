#include "support/echo_fixture.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace threadecho::test {
namespace {

constexpr std::uint64_t kNoHttpConnections = 0;

}  // namespace

config::Settings test_settings() {
  config::Settings settings;
  settings.port = 0;
  settings.drain_timeout = std::chrono::milliseconds(0);
  return settings;
}

config::Settings OverAllModels::test_settings() {
  config::Settings settings = test::test_settings();
  settings.thread_model = GetParam();
  settings.pool_threads = is_pool() ? 2 : kBlockingThreads;
  return settings;
}

void expect_orderly_refusal(const TestClient& client) {
  const auto rest = client.receive_rest();
  EXPECT_EQ(rest.bytes, "");
  EXPECT_EQ(rest.error_number, 0);
}

std::string_view name_of(config::ThreadModel model) {
  constexpr std::array<std::string_view, kModels.size()> kNames = {"PerConnection", "BlockingPool", "Pool"};
  return kNames[static_cast<std::size_t>(std::ranges::find(kModels, model) - kModels.begin())];
}

std::string name_of_model(const ::testing::TestParamInfo<config::ThreadModel>& info) {
  return std::string(name_of(info.param));
}

EchoServer::EchoServer(config::Settings settings)
    : EchoServer(settings, echo::effective_limit(settings, kNoHttpConnections)) {}

EchoServer::EchoServer(config::Settings settings, const echo::EffectiveLimit& limit)
    : settings_(std::move(settings)), server_(settings_, limit, log_.logger()) {
  server_.start();
}

EchoServer::~EchoServer() { watchdog_.emplace("the server did not stop"); }

void EchoServer::begin_drain_and_stop_accepting() {
  server_.begin_drain();
  server_.stop_accepting();
  EXPECT_TRUE(eventually([this] { return !server_.is_accepting(); }));
}

std::size_t EchoServer::stop() {
  const Watchdog watchdog("the server did not stop");
  const std::size_t ended = server_.end_connections();
  server_.stop();
  EXPECT_TRUE(server_.has_ended());
  return ended;
}

}  // namespace threadecho::test
