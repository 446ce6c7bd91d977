#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "build_info.h"
#include "host/pod.h"
#include "http/allowed_hosts.h"
#include "http/connections.h"
#include "http/response.h"
#include "log/logger.h"

namespace threadecho::http {

struct Readiness {
  bool ready = false;
  std::string reason;  ///< why not, for the one who reads the probe's answer; unused when ready
};

/// One setting as GET /config shows it.
struct SettingView {
  std::string name;
  std::string value;
  std::string source;  ///< "default", "environment", ...
};

/// Where answers come from: values, and snapshots that the HTTP thread asks for. A snapshot may throw: that is a 500.
struct Sources {
  std::function<std::string()> metrics_text;  ///< the Prometheus text format 0.0.4
  std::function<Readiness()> readiness;
  ListConnections connections;
  std::vector<SettingView> settings;  ///< in the order in which they are shown
  BuildInfo build;
  host::Pod pod = {};
  std::vector<std::string> allowed_hosts = {};  ///< see AllowedHosts; none: any
};

/// A request as far as routes care.
struct Request {
  std::string_view method;     ///< as sent, "GET"
  std::string_view target;     ///< as sent: origin form "/metrics?name=value", or absolute form
  std::string_view host = {};  ///< HOST[:PORT] that it is for, see authority_of
};

/// One path, what a person finds there, and how it is answered.
struct Route {
  std::string_view path;
  std::string_view shows;
  std::function<Response(const Request&)> answer;
  bool is_costly = false;  ///< walks over all connections; the session makes it wait its turn
};

/// The table of paths, and the one way from a request to its response. Answers to GET and HEAD are the same: whoever
/// sends them leaves out the body of the latter. Not synchronised beyond what the sources are: the HTTP thread calls.
class Routes {
 public:
  /// `logger` must outlive the routes; it gets an error for each route that throws.
  Routes(Sources sources, log::Logger& logger);

  /// Never throws but std::bad_alloc: 404, 405, 421 and 500 are answers too.
  [[nodiscard]] Response respond(const Request& request) const;
  /// Whether `respond` walks over all connections for this request.
  [[nodiscard]] bool is_costly(const Request& request) const;

 private:
  [[nodiscard]] const Route* find(const Request& request) const;

  std::vector<Route> routes_;
  AllowedHosts allowed_hosts_;
  log::Logger* logger_;
};

}  // namespace threadecho::http
