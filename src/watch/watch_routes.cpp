#include "watch/watch_routes.h"

#include <prometheus/text_serializer.h>

#include <algorithm>
#include <array>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>

#include "admin/page.h"
#include "admin/program_collector.h"
#include "admin/version.h"
#include "http/page.h"
#include "watch/page.h"
#include "watch/targets_json.h"
#include "watch/watch_metrics.h"

namespace threadecho::watch {
namespace {

using http::Request;
using http::Response;

/// Files of the server's page that this one uses too.
bool is_shared(std::string_view path) {
  constexpr std::array<std::string_view, 5> kShared = {"/page/page.css", "/page/icon.svg", "/page/dom.mjs",
                                                       "/page/format.mjs", "/page/runbook.md"};
  return std::ranges::find(kShared, path) != kShared.end();
}

}  // namespace

WatchRoutes::WatchRoutes(const WatchLoop& loop, const WatchOptions& options, host::Pod pod,
                         std::function<std::uint64_t()> log_lines_dropped)
    : loop_(loop), options_(options), pod_(std::move(pod)), log_lines_dropped_(std::move(log_lines_dropped)) {}

std::string WatchRoutes::metrics() const {
  const prometheus::TextSerializer serializer;
  std::string space;
  space.reserve(last_size_ + last_size_ / 8);  // a buffer of thousands of paths that grows would be there twice
  std::ostringstream out(std::move(space));
  const auto write = [&](const prometheus::MetricFamily& family) { serializer.Serialize(out, {family}); };
  each_watch_family(loop_.snapshot(), options_.aggregate ? Labels::kTargetOnly : Labels::kEachAddress, write);
  for (const prometheus::MetricFamily& family : process_.Collect()) {
    write(family);
  }
  write(admin::build_info_family());
  write(admin::dropped_lines_family(log_lines_dropped_()));
  std::string text = std::move(out).str();
  last_size_ = text.size();
  return text;
}

Response WatchRoutes::readiness() const {
  if (loop_.is_ready()) {
    return {200, http::kTextType, "ready\n"};
  }
  return http::error_response(503, "not all targets have been looked up yet, or it ends");
}

std::vector<http::Route> WatchRoutes::routes() const {
  std::vector<http::Route> routes = {
      {"/targets", "every path: state, messages, round trip, retransmits, and its last loss",
       [this](const Request&) -> Response {
         return {200, http::kJsonType, targets_json(loop_.snapshot())};
       },
       true},
      {"/metrics", "the same for Prometheus",
       [this](const Request&) -> Response {
         return {200, http::kPrometheusType, metrics()};
       },
       true},
      {"/healthz", "liveness: 200 while the process works",
       [](const Request&) -> Response {
         return {200, http::kTextType, "ok\n"};
       }},
      {"/readyz", "readiness: 200 once every target has been looked up, else 503",
       [this](const Request&) { return readiness(); }},
      {"/version", "version, revision, compiler and libraries",
       [response = admin::version_response(pod_)](const Request&) { return response; }},
  };
  const std::string links = http::links_to(routes);
  for (const http::PageFile& file : admin::page_files()) {
    if (is_shared(file.path)) {
      routes.push_back(http::page_file_route(file));
    }
  }
  for (const http::PageFile& file : page_files()) {
    routes.push_back(http::page_file_route(file));
  }
  const auto page = [this, links](const Request&) {
    return http::page_response(page_index(),
                               {{"<!-- table rows -->", table_rows(loop_.snapshot())}, {"<!-- endpoints -->", links}});
  };
  routes.push_back({"/", "", page, true});
  return routes;
}

}  // namespace threadecho::watch
