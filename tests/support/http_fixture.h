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

#include "http/server.h"
#include "net/endpoint.h"
#include "net/listen.h"
#include "support/busy.h"
#include "support/captured_log.h"
#include "support/http_client.h"

namespace threadecho::test {

/// An HTTP server on a free port, with answers that a test can turn.
class HttpFixture : public testing::Test {
 protected:
  explicit HttpFixture(http::Limits limits = {}, std::vector<std::string> allowed_hosts = {}) {
    net::ListenOptions options;  // any free port
    options.backlog = 512;
    options.setting = "HTTP_PORT";
    net::Fd listener = net::listen_on(options);
    port_ = net::Endpoint::local_of(listener.get()).port();
    http::Sources sources{.metrics_text = [this] { return metrics(); },
                          .readiness =
                              [this] {
                                return http::Readiness{ready_, "draining"};
                              },
                          .connections = [](const http::ConnectionsQuery&) { return one_connection(); },
                          .settings = {{"PORT", "9000", "default"}},
                          .build = {"1.2.3", "abc", "GNU 12"},
                          .allowed_hosts = std::move(allowed_hosts)};
    server_ = std::make_unique<http::Server>(std::move(listener), http::Routes(std::move(sources), log_.logger()),
                                             limits, log_.logger());
    server_->start();
  }

  [[nodiscard]] std::uint16_t port() const { return port_; }

  std::atomic<bool> ready_{true};
  std::atomic<bool> fail_{false};
  std::atomic<std::size_t> metrics_bytes_{0};  ///< so much is added to the answer of /metrics
  std::atomic<int> metrics_milliseconds_{0};   ///< of processor time that /metrics takes
  std::atomic<int> metrics_made_{0};           ///< answers of /metrics, each of which many clients may share
  CapturedLog log_;
  std::unique_ptr<http::Server> server_;  // after all that it uses

 private:
  static http::ConnectionList one_connection() {
    http::ConnectionView view;
    view.peer = "192.0.2.1:50000";
    view.state = "receiving";
    return {.total = 1, .shown = {view}};
  }
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
