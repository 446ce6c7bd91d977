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

/// Sends the request to the first of these addresses that can be connected to, and reads the whole answer. Returns a
/// failure if that does not succeed by the deadline.
std::variant<HttpAnswer, Failure> http_exchange(const std::vector<net::Endpoint>& servers, const HttpRequest& request,
                                                Deadline deadline);

/// Sends GET `path` over a connection of its own. Bad with the reason if the whole answer does not arrive by the
/// deadline (Beast's own synchronous calls have no timeout), or if a signal comes first. `signals` may be null.
text::Parsed<HttpAnswer> http_get(const net::Endpoint& server, const std::string& path, Deadline deadline,
                                  SignalFd* signals);

/// The status only; does not read the body.
text::Parsed<unsigned> http_get_status(const net::Endpoint& server, const std::string& path, Deadline deadline);

}  // namespace threadecho::client
