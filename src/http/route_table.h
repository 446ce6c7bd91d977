#pragma once

#include <cstddef>
#include <functional>
#include <string_view>
#include <vector>

#include "http/service.h"
#include "log/logger.h"

namespace threadecho::http {

/// One path, what a person finds there, and how it is answered.
struct Route {
  std::string_view path;
  std::string_view shows;  ///< empty: the page does not list it
  std::function<Response(const Request&)> answer;
  bool is_costly = false;      ///< takes long: waits its turn, see Turns
  std::size_t body_limit = 0;  ///< above 0: `answer` answers all methods, and paths below this one
};

/// Turns a request into the response of its route. Not synchronised: the HTTP thread calls it.
class RouteTable {
 public:
  /// `log` must outlive the table. What a route throws becomes a 500 and an error in the log.
  RouteTable(std::vector<Route> routes, log::Logger& log);
  RouteTable(const RouteTable&) = delete;  // handler() borrows this object
  RouteTable& operator=(const RouteTable&) = delete;

  /// Throws only std::bad_alloc: 404, 405 and 500 are answers too.
  [[nodiscard]] Response respond(const Request& request) const;
  [[nodiscard]] bool is_costly(const Request& request) const;
  /// The most bytes of a body that this request may have.
  [[nodiscard]] std::size_t body_limit(const Request& request) const;
  /// Its functions as a handler, for an HTTP server that this table outlives.
  [[nodiscard]] Handler handler() const;
  [[nodiscard]] const std::vector<Route>& routes() const noexcept { return routes_; }

 private:
  [[nodiscard]] const Route* find(const Request& request) const;

  std::vector<Route> routes_;
  log::Logger& log_;
};

}  // namespace threadecho::http
