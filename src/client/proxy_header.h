#pragma once

#include <optional>
#include <string>

#include "cli/options.h"
#include "net/proxy_header_writer.h"

namespace threadecho::client {

/// The row of --proxy-protocol.
cli::Option row_of(std::optional<net::ProxyProtocol>& version);
/// "v1" or "v2"; nothing without a header.
std::optional<std::string> name_of(const std::optional<net::ProxyProtocol>& version);

/// Sends a PROXY header as the first bytes of a new connection, with the address of this client as the source; without
/// a version, sends nothing. A failure shows later, when the connection is used.
void send_proxy_header(const std::optional<net::ProxyProtocol>& version, int fd);

}  // namespace threadecho::client
