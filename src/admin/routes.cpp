#include "admin/routes.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "admin/connection_list.h"
#include "admin/fault_routes.h"
#include "admin/page.h"
#include "admin/thread_list.h"
#include "admin/version.h"
#include "http/page.h"

namespace threadecho::admin {
namespace {

using http::error_response;
using http::Request;
using http::Response;

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

/// `status` must outlive the routes.
std::vector<http::Route> all_routes(const Status& status, echo::Server& server,
                                    const std::vector<config::Value>& settings, const host::Pod& pod,
                                    std::function<std::string()> metrics_text) {
  std::vector<http::Route> routes = {
      {"/status", "the numbers of this page, as JSON", [&status](const Request&) { return status.json(); }, true},
      {"/metrics", "the same numbers and more, for Prometheus",
       [text = std::move(metrics_text)](const Request&) -> Response {
         return {200, http::kPrometheusType, text()};
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
  for (const http::PageFile& file : page_files()) {
    routes.push_back(http::page_file_route(file));
  }
  const auto page = [&status, links = http::links_to(routes)](const Request&) {
    return http::page_response(page_index(),
                               {{"<!-- table rows -->", status.table_rows()}, {"<!-- endpoints -->", links}});
  };
  routes.push_back({"/", "", page, true});
  return routes;
}

}  // namespace

Routes::Routes(echo::Server& server, const std::vector<config::Value>& settings, const host::Pod& pod,
               std::function<std::string()> metrics_text, log::Logger& log)
    : status_(server, settings, pod),
      table_(all_routes(status_, server, settings, pod, std::move(metrics_text)), log) {}

}  // namespace threadecho::admin
