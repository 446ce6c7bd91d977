#include "support/echo_fixture.h"

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

EchoServer::EchoServer(config::Settings settings)
    : settings_(std::move(settings)),
      server_(settings_, echo::effective_limit(settings_, kNoHttpConnections), log_.logger()) {
  server_.start();
}

}  // namespace threadecho::test
