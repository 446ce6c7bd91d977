#include "http/route_table.h"

#include <algorithm>
#include <exception>
#include <string>
#include <utility>

#include "http/request_target.h"

namespace threadecho::http {
namespace {

constexpr std::string_view kAllowed = "GET, HEAD, OPTIONS";

bool is_read(std::string_view method) { return method == "GET" || method == "HEAD"; }

Response not_found(std::string_view target) {
  return error_response(404, "not found: " + excerpt(target) + " (see / for all paths)");
}

Response respond_to_other_method(const Request& request, std::string_view path) {
  if (request.method == "OPTIONS") {
    return options_response(kAllowed);
  }
  Response response = error_response(
      405, std::string(path) + " answers GET and HEAD, not " + std::string(request.method.substr(0, 32)));
  response.headers.push_back({"Allow", kAllowed});
  return response;
}

}  // namespace

RouteTable::RouteTable(std::vector<Route> routes, log::Logger& log) : routes_(std::move(routes)), log_(log) {}

Handler RouteTable::handler() const {
  return {.respond = [this](const Request& request) { return respond(request); },
          .is_costly = [this](const Request& request) { return is_costly(request); },
          .body_limit = [this](const Request& request) { return body_limit(request); }};
}

const Route* RouteTable::find(const Request& request) const {
  const std::string_view path = path_of(request.target);
  const auto route = std::ranges::find_if(routes_, [path](const Route& candidate) {
    const std::string_view below = path.substr(std::min(candidate.path.size(), path.size()));
    return path == candidate.path ||
           (candidate.body_limit > 0 && path.starts_with(candidate.path) && below.starts_with('/'));
  });
  return route == routes_.end() ? nullptr : &*route;
}

bool RouteTable::is_costly(const Request& request) const {
  const Route* const route = find(request);
  return route != nullptr && route->is_costly && is_read(request.method);
}

std::size_t RouteTable::body_limit(const Request& request) const {
  const Route* const route = find(request);
  return route == nullptr || is_read(request.method) ? 0 : route->body_limit;
}

Response RouteTable::respond(const Request& request) const {
  const Route* const route = find(request);
  if (route == nullptr) {
    return not_found(request.target);
  }
  if (!is_read(request.method) && route->body_limit == 0) {
    return respond_to_other_method(request, route->path);
  }
  std::string what = "unknown";
  try {
    return route->answer(request);
  } catch (const std::exception& error) {
    what = error.what();
  } catch (...) {
    // Not a std::exception: nothing more is known.
  }
  log_.error("HTTP route failed", {{"path", route->path}, {"error", what}});
  return error_response(500, std::string(route->path) + " failed; the log says why");
}

}  // namespace threadecho::http
