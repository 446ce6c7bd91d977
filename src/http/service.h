#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

#include "http/allowed_hosts.h"
#include "http/limits.h"
#include "http/response.h"

namespace threadecho::http {

/// The part of a request that its answer depends on. Borrows its text.
struct Request {
  std::string_view method;     ///< as sent: "GET"
  std::string_view target;     ///< as sent: origin form "/metrics?name=value", or absolute form
  std::string_view host = {};  ///< HOST[:PORT] that the request is for, see authority_of
  std::string_view content_type = {};
  bool has_origin = false;     ///< it has an Origin field, even an empty one: a browser sends it for a web page
  std::string_view body = {};  ///< only if Handler::body_limit allows one
};

/// Answers requests. The HTTP thread calls it, so it must not block.
struct Handler {
  /// Throws only std::bad_alloc, which ends the connection. Answers HEAD as GET: the session leaves out the body.
  std::function<Response(const Request&)> respond;
  /// Whether `respond` takes long enough for this request to wait its turn, see Turns.
  std::function<bool(const Request&)> is_costly;
  /// The most bytes of a body that this request may have; 0: a body is refused. Unset: any body is.
  std::function<std::size_t(const Request&)> body_limit = {};
};

/// What an HTTP server does for its clients: the answers, the hosts that they may ask for, and the limits.
struct Service {
  Handler handler;
  AllowedHosts allowed_hosts = AllowedHosts({});
  Limits limits = {};
};

}  // namespace threadecho::http
