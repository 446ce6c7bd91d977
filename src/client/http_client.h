#pragma once

#include <string>

#include "client/wait.h"
#include "net/endpoint.h"
#include "text/parsed.h"

namespace threadecho::client {

/// The server's address and port for the Host field. The zone of a link-local address means something on this host
/// only, and is left out (RFC 6874).
std::string host_field(const net::Endpoint& server);

/// Sends GET `path` over a connection of its own and returns the status of the answer. Bad with the reason if the
/// answer does not arrive by the deadline (Beast's own synchronous calls have no timeout).
text::Parsed<unsigned> http_get_status(const net::Endpoint& server, const std::string& path, Deadline deadline);

}  // namespace threadecho::client
