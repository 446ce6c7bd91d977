#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "admin/routes.h"
#include "http/server.h"
#include "net/endpoint.h"
#include "net/listen.h"
#include "support/busy.h"
#include "support/captured_log.h"
#include "support/echo_fixture.h"
#include "support/http_client.h"

namespace threadecho::test {

/// An HTTP server on a free port that answers for an echo server with one client. A test can change /metrics.
class HttpFixture : public testing::Test {
 protected:
  explicit HttpFixture(http::Limits limits = {}, std::vector<std::string> allowed_hosts = {}) {
    net::ListenOptions options;  // any free port
    options.backlog = 512;
    options.setting = "HTTP_PORT";
    net::Fd listener = net::listen_on(options);
    port_ = net::Endpoint::local_of(listener.get()).port();
    server_ =
        std::make_unique<http::Server>(std::move(listener),
                                       http::Service{.handler = routes_.handler(),
                                                     .allowed_hosts = http::AllowedHosts(std::move(allowed_hosts)),
                                                     .limits = limits},
                                       log_.logger());
    server_->start();
    EXPECT_EQ(echo_client_.echo("x"), "x") << "from here on the echo server opens and allocates nothing";
  }

  [[nodiscard]] std::uint16_t port() const { return port_; }

  std::atomic<bool> fail_{false};
  std::atomic<std::size_t> metrics_bytes_{0};  ///< padding of the answer of /metrics
  std::atomic<int> metrics_milliseconds_{0};   ///< of processor time that /metrics takes
  std::atomic<int> metrics_made_{0};           ///< answers of /metrics, each of which many clients may share
  CapturedLog log_;
  EchoServer echo_;
  TestClient echo_client_ = echo_.connect();  ///< what /connections shows
  const admin::Routes routes_{
      echo_.server(), {{"PORT", "9000", config::Source::kDefault}}, {}, [this] { return metrics(); }, log_.logger()};
  std::unique_ptr<http::Server> server_;  // after all that it uses

 private:
  std::string metrics() {
    if (fail_) {
      throw std::runtime_error("no figures");
    }
    ++metrics_made_;
    use_processor_for(std::chrono::milliseconds(metrics_milliseconds_));
    return "threadecho_ready 1\n" + std::string(metrics_bytes_, 'x');
  }

  std::uint16_t port_ = 0;
};

}  // namespace threadecho::test
