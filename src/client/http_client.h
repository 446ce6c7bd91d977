#pragma once

#include <string>
#include <variant>
#include <vector>

#include "client/failure.h"
#include "client/signal_fd.h"
#include "client/wait.h"
#include "net/endpoint.h"
#include "text/parsed.h"

namespace threadecho::client {

/// The server's address and port for the Host field. The zone of a link-local address means something on this host
/// only, and is left out (RFC 6874).
std::string host_field(const net::Endpoint& server);

struct HttpAnswer {
  unsigned status = 0;
  std::string body;
};

struct HttpRequest {
  std::string method = "GET";
  std::string path;
  std::string host;       ///< for the Host field
  std::string body = {};  ///< JSON; none if empty
};

/// How much of an answer to read.
enum class HttpPart { kAll, kHeader };

/// Sends the request to the first of these addresses that can be connected to, and reads the answer. Returns a failure
/// if that does not succeed by the deadline (Beast's own synchronous calls have no timeout), or if a signal comes
/// first. `signals` may be null.
std::variant<HttpAnswer, Failure> http_exchange(const std::vector<net::Endpoint>& servers, const HttpRequest& request,
                                                Deadline deadline, SignalFd* signals = nullptr,
                                                HttpPart part = HttpPart::kAll);

/// The same for GET `path`. Bad with the failure's text.
text::Parsed<HttpAnswer> http_get(const net::Endpoint& server, const std::string& path, Deadline deadline,
                                  SignalFd* signals, HttpPart part = HttpPart::kAll);

}  // namespace threadecho::client
