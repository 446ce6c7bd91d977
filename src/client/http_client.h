#pragma once

#include <string>

#include "client/wait.h"
#include "net/endpoint.h"
#include "text/parsed.h"

namespace threadecho::client {

/// The server's address and port for the Host field. The zone of a link-local address means something on this host
/// only, and is left out (RFC 6874).
std::string host_field(const net::Endpoint& server);

/// GET `path` over a connection of its own, and the status of the answer: 200, 503. Bad with the reason when no answer
/// has come by the deadline, which holds for all of it (Beast's own synchronous calls know none).
text::Parsed<unsigned> http_get_status(const net::Endpoint& server, const std::string& path, Deadline deadline);

}  // namespace threadecho::client
