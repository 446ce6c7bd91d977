#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "admin/status.h"
#include "config/settings_loader.h"
#include "echo/server.h"
#include "host/pod.h"
#include "http/service.h"
#include "log/logger.h"

namespace threadecho::admin {

/// One path, what a person finds there, and how it is answered.
struct Route {
  std::string_view path;
  std::string_view shows;  ///< empty: the page does not list it
  std::function<http::Response(const http::Request&)> answer;
  bool is_costly = false;      ///< walks over all connections
  std::size_t body_limit = 0;  ///< above 0: `answer` answers all methods, and paths below this one
};

/// The table of the server's paths: turns a request into its response. Not synchronised: the HTTP thread calls it.
class Routes {
 public:
  /// `server` and `log` must outlive the routes. `settings` and `pod` are shown as they are now. `metrics_text` returns
  /// the Prometheus text format 0.0.4; what it throws becomes a 500 and an error in the log.
  Routes(echo::Server& server, const std::vector<config::Value>& settings, const host::Pod& pod,
         std::function<std::string()> metrics_text, log::Logger& log);
  Routes(const Routes&) = delete;  // the table borrows from this object
  Routes& operator=(const Routes&) = delete;

  /// Throws only std::bad_alloc: 404, 405 and 500 are answers too.
  [[nodiscard]] http::Response respond(const http::Request& request) const;
  /// Whether `respond` walks over all connections for this request.
  [[nodiscard]] bool is_costly(const http::Request& request) const;
  /// The most bytes of a body that this request may have.
  [[nodiscard]] std::size_t body_limit(const http::Request& request) const;
  /// All of it, for an HTTP server that these routes outlive.
  [[nodiscard]] http::Handler handler() const;

 private:
  [[nodiscard]] const Route* find(const http::Request& request) const;

  const Status status_;
  std::vector<Route> routes_;
  log::Logger& log_;
};

}  // namespace threadecho::admin
