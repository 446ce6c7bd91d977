#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "admin/status.h"
#include "config/settings_loader.h"
#include "echo/server.h"
#include "host/pod.h"
#include "http/route_table.h"
#include "http/service.h"
#include "log/logger.h"

namespace threadecho::admin {

/// The table of the server's paths: turns a request into its response. Not synchronised: the HTTP thread calls it.
class Routes {
 public:
  /// `server` and `log` must outlive the routes. `settings` and `pod` are shown as they are now. `metrics_text` returns
  /// the Prometheus text format 0.0.4; what it throws becomes a 500 and an error in the log.
  Routes(echo::Server& server, const std::vector<config::Value>& settings, const host::Pod& pod,
         std::function<std::string()> metrics_text, log::Logger& log);
  Routes(const Routes&) = delete;  // the table borrows from this object
  Routes& operator=(const Routes&) = delete;

  [[nodiscard]] http::Response respond(const http::Request& request) const { return table_.respond(request); }
  [[nodiscard]] bool is_costly(const http::Request& request) const { return table_.is_costly(request); }
  [[nodiscard]] std::size_t body_limit(const http::Request& request) const { return table_.body_limit(request); }
  [[nodiscard]] http::Handler handler() const { return table_.handler(); }

 private:
  const Status status_;
  const http::RouteTable table_;
};

}  // namespace threadecho::admin
