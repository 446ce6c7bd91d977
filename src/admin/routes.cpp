#include "admin/routes.h"

#include <spdlog/version.h>
#include <CLI/Version.hpp>
#include <algorithm>
#include <boost/beast/version.hpp>
#include <boost/version.hpp>
#include <exception>
#include <nlohmann/json.hpp>
#include <utility>

#include "admin/connection_list.h"
#include "admin/fault_routes.h"
#include "admin/page.h"
#include "admin/thread_list.h"
#include "build_info.h"
#include "http/request_target.h"

namespace threadecho::admin {
namespace {

using http::error_response;
using http::Request;
using http::Response;

constexpr std::string_view kPrometheusType = "text/plain; version=0.0.4; charset=utf-8";

std::string dotted(int major, int minor, int patch) {
  return std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(patch);
}

bool is_read(std::string_view method) { return method == "GET" || method == "HEAD"; }

Response readiness_response(echo::Server& server) {
  switch (server.readiness()) {
    case echo::Readiness::kReady:
      return {200, http::kTextType, "ready\n"};
    case echo::Readiness::kFull:
      return error_response(503,
                            "the limit of " + std::to_string(server.connections_limit()) + " connections is reached");
    case echo::Readiness::kOutOfThreads:
      return error_response(
          503, "the system cannot serve more than " + std::to_string(server.connections_limit()) + " connections now");
    case echo::Readiness::kUnreadyOnDemand:
      server.faults().count_unready();
      return error_response(503, "unready on demand, see /faults");
    case echo::Readiness::kDraining:
      break;
  }
  return error_response(503, "draining");
}

Response config_response(const std::vector<config::Value>& settings) {
  nlohmann::ordered_json object = nlohmann::ordered_json::object();
  for (const config::Value& setting : settings) {
    object[std::string(setting.name)] = {{"value", setting.text}, {"source", to_string(setting.source)}};
  }
  return http::json_response(object);
}

Response version_response(const host::Pod& pod) {
  const BuildInfo build = build_info();
  // prometheus-cpp has no version in its headers.
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
  if (pod.is_known()) {
    object["pod"] = {{"name", pod.name}, {"namespace", pod.name_space}, {"node", pod.node}};
  }
  return http::json_response(object);
}

Response not_found(std::string_view target) {
  return error_response(404, "there is no " + http::excerpt(target) + " here; / lists all paths");
}

Response method_not_allowed(const Request& request, std::string_view path) {
  Response response = error_response(
      405, std::string(path) + " answers GET and HEAD, not " + std::string(request.method.substr(0, 32)));
  response.headers.push_back({"Allow", "GET, HEAD"});
  return response;
}

}  // namespace

Routes::Routes(echo::Server& server, const std::vector<config::Value>& settings, const host::Pod& pod,
               std::function<std::string()> metrics_text, log::Logger& log)
    : status_(server, settings, pod), log_(log) {
  routes_ = {
      {"/status", "the numbers of this page", [this](const Request&) { return status_.json(); }, true},
      {"/metrics", "the same and more for Prometheus",
       [text = std::move(metrics_text)](const Request&) -> Response {
         return {200, kPrometheusType, text()};
       },
       true},
      {"/healthz", "liveness: 200 while the process works, also while it drains",
       [](const Request&) -> Response {
         return {200, http::kTextType, "ok\n"};
       }},
      {"/readyz", "readiness: 200 while new connections are accepted, else 503 and why",
       [&server](const Request&) { return readiness_response(server); }},
      {"/connections", "live connections, newest first; ?limit=1000, ?sort=bytes, age or idle",
       [&server](const Request& request) {
         const auto query = parse_connections_query(request.target);
         return query.ok() ? connections_response(server.connections(), query.value(), server.faults().active())
                           : error_response(400, query.reason());
       },
       true},
      {"/threads", "the busiest echo threads: processor time, waiting time, context switches, clients; ?limit=200",
       [&server](const Request& request) {
         const auto limit = parse_threads_query(request.target);
         return limit.ok() ? threads_response(server.connections(), server.pool_thread_ids(), limit.value())
                           : error_response(400, limit.reason());
       },
       true},
      {kFaultsPath, "faults that this server injects on demand, with FAULTS=on",
       [&server](const Request& request) { return respond_to_faults(request, server); }, false, kMostFaultBytes},
      {"/config", "every setting, its value and where it came from",
       [response = config_response(settings)](const Request&) { return response; }},
      {"/version", "version, revision, compiler and libraries",
       [response = version_response(pod)](const Request&) { return response; }},
  };
  for (const PageFile& file : page_files()) {
    routes_.push_back({file.path, "", [&file](const Request&) { return page_file_response(file); }});
  }
  routes_.push_back({"/", "", [this](const Request&) { return page_response(status_.table_rows(), routes_); }, true});
}

http::Handler Routes::handler() const {
  return {.respond = [this](const Request& request) { return respond(request); },
          .is_costly = [this](const Request& request) { return is_costly(request); },
          .body_limit = [this](const Request& request) { return body_limit(request); }};
}

const Route* Routes::find(const Request& request) const {
  const std::string_view path = http::path_of(request.target);
  const auto route = std::ranges::find_if(routes_, [path](const Route& candidate) {
    const std::string_view below = path.substr(std::min(candidate.path.size(), path.size()));
    return path == candidate.path ||
           (candidate.body_limit > 0 && path.starts_with(candidate.path) && below.starts_with('/'));
  });
  return route == routes_.end() ? nullptr : &*route;
}

bool Routes::is_costly(const Request& request) const {
  const Route* const route = find(request);
  return route != nullptr && route->is_costly && is_read(request.method);
}

std::size_t Routes::body_limit(const Request& request) const {
  const Route* const route = find(request);
  return route == nullptr || is_read(request.method) ? 0 : route->body_limit;
}

Response Routes::respond(const Request& request) const {
  const Route* const route = find(request);
  if (route == nullptr) {
    return not_found(request.target);
  }
  if (!is_read(request.method) && route->body_limit == 0) {
    return method_not_allowed(request, route->path);
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

}  // namespace threadecho::admin
