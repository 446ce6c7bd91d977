#include "http/routes.h"

#include <spdlog/version.h>
#include <CLI/Version.hpp>
#include <algorithm>
#include <boost/beast/version.hpp>
#include <boost/version.hpp>
#include <exception>
#include <nlohmann/json.hpp>
#include <utility>

#include "http/index_page.h"
#include "http/request_target.h"

namespace threadecho::http {
namespace {

constexpr std::string_view kPrometheusType = "text/plain; version=0.0.4; charset=utf-8";
constexpr std::size_t kMaxShownTargetBytes = 128;

std::string dotted(int major, int minor, int patch) {
  return std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(patch);
}

bool is_read(std::string_view method) { return method == "GET" || method == "HEAD"; }

Response readiness_response(const Readiness& readiness) {
  if (readiness.ready) {
    return {200, kTextType, "ready\n"};
  }
  return error_response(503, readiness.reason.empty() ? "not ready" : readiness.reason);
}

Response config_response(const std::vector<SettingView>& settings) {
  nlohmann::ordered_json object = nlohmann::ordered_json::object();
  for (const SettingView& setting : settings) {
    object[setting.name] = {{"value", setting.value}, {"source", setting.source}};
  }
  return json_response(object);
}

Response version_response(const BuildInfo& build, const host::Pod& pod) {
  // prometheus-cpp does not tell its version in a header.
  nlohmann::ordered_json object = {
      {"version", build.version},
      {"revision", build.revision},
      {"compiler", build.compiler},
      {"libraries",
       {{"boost", dotted(BOOST_VERSION / 100'000, BOOST_VERSION / 100 % 1000, BOOST_VERSION % 100)},
        {"boost.beast", std::to_string(BOOST_BEAST_VERSION)},
        {"spdlog", dotted(SPDLOG_VER_MAJOR, SPDLOG_VER_MINOR, SPDLOG_VER_PATCH)},
        {"nlohmann-json",
         dotted(NLOHMANN_JSON_VERSION_MAJOR, NLOHMANN_JSON_VERSION_MINOR, NLOHMANN_JSON_VERSION_PATCH)},
        {"CLI11", CLI11_VERSION}}}};
  if (pod.known()) {
    object["pod"] = {{"name", pod.name}, {"namespace", pod.name_space}, {"node", pod.node}};
  }
  return json_response(object);
}

Response not_found(std::string_view target) {
  const bool whole = target.size() <= kMaxShownTargetBytes;
  const std::string shown = std::string(target.substr(0, kMaxShownTargetBytes)) + (whole ? "" : "...");
  return error_response(404, "there is no " + shown + " here; / lists what there is");
}

Response misdirected(std::string_view host) {
  const bool whole = host.size() <= kMaxShownTargetBytes;
  const std::string shown = std::string(host.substr(0, kMaxShownTargetBytes)) + (whole ? "" : "...");
  return error_response(421, "HTTP_ALLOWED_HOSTS does not list the host of this request: " + shown);
}

Response method_not_allowed(const Request& request, std::string_view path) {
  Response response = error_response(
      405, std::string(path) + " answers GET and HEAD, not " + std::string(request.method.substr(0, 32)));
  response.headers.push_back({"Allow", "GET, HEAD"});
  return response;
}

}  // namespace

Routes::Routes(Sources sources, log::Logger& logger)
    : allowed_hosts_(std::move(sources.allowed_hosts)), logger_(&logger) {
  routes_ = {
      {"/metrics", "figures for Prometheus",
       [text = std::move(sources.metrics_text)](const Request&) -> Response {
         return {200, kPrometheusType, text()};
       },
       true},
      {"/healthz", "liveness: 200 while the process works, also while it drains",
       [](const Request&) -> Response {
         return {200, kTextType, "ok\n"};
       }},
      {"/readyz", "readiness: 200 while new connections are accepted, else 503 and why",
       [readiness = std::move(sources.readiness)](const Request&) { return readiness_response(readiness()); }},
      {"/connections", "live connections, newest first; ?limit=1000, ?sort=bytes, age or idle",
       [list = std::move(sources.connections)](const Request& request) {
         return connections_response(request.target, list);
       },
       true},
      {"/config", "every setting, its value and where it came from",
       [response = config_response(sources.settings)](const Request&) { return response; }},
      {"/version", "version, revision, compiler and libraries",
       [response = version_response(sources.build, sources.pod)](const Request&) { return response; }},
  };
  // Last, because the page lists the routes above.
  routes_.push_back(
      {"/", "this page", [response = index_response(sources.build, routes_)](const Request&) { return response; }});
}

const Route* Routes::find(const Request& request) const {
  const auto route = std::ranges::find(routes_, path_of(request.target), &Route::path);
  return route == routes_.end() ? nullptr : &*route;
}

bool Routes::is_costly(const Request& request) const {
  const Route* const route = find(request);
  return route != nullptr && route->is_costly && is_read(request.method) && allowed_hosts_.allow(request.host);
}

Response Routes::respond(const Request& request) const {
  if (!allowed_hosts_.allow(request.host)) {
    return misdirected(request.host);
  }
  const Route* const route = find(request);
  if (route == nullptr) {
    return not_found(request.target);
  }
  if (!is_read(request.method)) {
    return method_not_allowed(request, route->path);
  }
  std::string what = "unknown";
  try {
    return route->answer(request);
  } catch (const std::exception& error) {
    what = error.what();
  } catch (...) {
    // Not of the standard's kind: nothing more is known.
  }
  logger_->error("HTTP route failed", {{"path", route->path}, {"error", what}});
  return error_response(500, std::string(route->path) + " failed; the log says why");
}

}  // namespace threadecho::http
