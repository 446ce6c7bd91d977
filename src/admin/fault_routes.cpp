#include "admin/fault_routes.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <optional>
#include <system_error>
#include <utility>

#include "admin/fault_request.h"
#include "http/request_target.h"
#include "text/ascii.h"
#include "text/durations.h"
#include "text/escape.h"

namespace threadecho::admin {
namespace {

using echo::FaultKind;
using http::error_response;
using http::Request;
using http::Response;

std::string fault_to_json(const echo::Fault& fault) {
  const echo::FaultSpec& spec = fault.spec();
  std::string clients;
  for (const net::Network& network : spec.clients) {
    clients.append(clients.empty() ? "" : ", ").append(text::json_string(network.to_string()));
  }
  std::string own;
  switch (spec.kind) {
    case FaultKind::kDelay:
      own = fmt::format(R"("delay_seconds": {}, "jitter_seconds": {}, )", text::in_seconds(spec.delay),
                        text::in_seconds(spec.jitter));
      break;
    case FaultKind::kThrottle:
      own = fmt::format(R"("bytes_per_second": {}, )", spec.bytes_per_second);
      break;
    case FaultKind::kStall:
    case FaultKind::kClose:
    case FaultKind::kReset:
    case FaultKind::kCorrupt:
      own = fmt::format(R"("after_bytes": {}, )", spec.after_bytes);
      break;
    case FaultKind::kRefuse:
    case FaultKind::kUnready:
      break;
  }
  const auto left = std::max(fault.end() - echo::Clock::now(), echo::Clock::duration::zero());
  return fmt::format(
      R"({{"id": {}, "fault": "{}", {}"share": {}, "clients": [{}], "scope": "{}", "duration_seconds": {}, )"
      R"("left_seconds": {:.3f}, "injected": {}}})",
      fault.id(), name_of(spec.kind), own, spec.share, clients, spec.only_new ? "new" : "all",
      text::in_seconds(spec.duration), text::in_seconds(left), fault.injected());
}

Response list_response(const std::vector<echo::FaultPtr>& faults) {
  return {200, http::kJsonType, "{\"faults\": " + faults_json(faults) + "}\n"};
}

/// Accepts parameters after the type, as in "application/json; charset=utf-8".
bool is_json(std::string_view content_type) {
  return text::lower(text::trimmed(content_type.substr(0, content_type.find(';')))) == http::kJsonType;
}

Response add_fault(const Request& request, echo::Server& server) {
  if (!is_json(request.content_type)) {
    return error_response(415, "the body must have Content-Type: application/json");
  }
  const auto spec = parse_fault(request.body);
  if (!spec.ok()) {
    return error_response(400, spec.reason());
  }
  const echo::FaultPtr fault = server.begin_fault(spec.value());
  if (!fault && server.faults().has_stopped()) {
    return error_response(503, "the server has stopped serving clients");
  }
  if (!fault) {
    return error_response(
        409, std::to_string(echo::FaultTable::kMost) + " faults are active, which is the maximum: end one first");
  }
  return {201, http::kJsonType, fault_to_json(*fault) + "\n"};
}

/// `id` is empty for all.
Response end_faults(std::string_view id, echo::Server& server) {
  if (id.empty()) {
    return list_response(server.faults().end_all());
  }
  std::uint64_t number = 0;
  const auto [rest, error] = std::from_chars(id.data(), id.data() + id.size(), number);
  const bool is_number = error == std::errc{} && rest == id.data() + id.size();
  const echo::FaultPtr fault = is_number ? server.faults().end(number) : nullptr;
  return fault ? Response{200, http::kJsonType, fault_to_json(*fault) + "\n"}
               : error_response(404, "no active fault has the id " + http::excerpt(id));
}

Response only_allowed(std::string_view allowed) {
  Response response = error_response(405, "allowed here: " + std::string(allowed));
  response.headers.push_back({"Allow", allowed});
  return response;
}

}  // namespace

std::string faults_json(const std::vector<echo::FaultPtr>& faults) {
  std::string list = "[";
  std::string_view separator = "\n  ";
  for (const echo::FaultPtr& fault : faults) {
    list.append(separator).append(fault_to_json(*fault));
    separator = ",\n  ";
  }
  return list.append(faults.empty() ? "]" : "\n]");
}

Response respond_to_faults(const Request& request, echo::Server& server) {
  const std::string_view path = http::path_of(request.target);
  const bool is_list = path == kFaultsPath;
  const std::string_view allowed = is_list ? "GET, HEAD, POST, DELETE, OPTIONS" : "DELETE, OPTIONS";
  if (request.method == "OPTIONS") {
    return http::options_response(allowed);
  }
  if (!server.faults().is_enabled()) {
    return error_response(403, "faults on demand are off; the server must be started with FAULTS=on");
  }
  const std::string_view id = path.substr(std::min(path.size(), kFaultsPath.size() + 1));
  if (is_list && (request.method == "GET" || request.method == "HEAD")) {
    return list_response(server.faults().active());
  }
  const bool is_post = is_list && request.method == "POST";
  if (!is_post && request.method != "DELETE") {
    return only_allowed(allowed);
  }
  if (request.has_origin) {
    return error_response(403, "a web page may not change faults; this request has an Origin");
  }
  if (is_post) {
    return add_fault(request, server);
  }
  return id.empty() && !is_list ? error_response(404, "no id after /faults/") : end_faults(id, server);
}

}  // namespace threadecho::admin
