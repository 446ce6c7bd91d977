#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "cli/options.h"
#include "net/endpoint.h"

namespace threadecho::client {

/// A version of the PROXY protocol's header, proxy-protocol.txt.
enum class ProxyProtocol : std::uint8_t { kV1, kV2 };

/// The row of --proxy-protocol.
cli::Option row_of(std::optional<ProxyProtocol>& version);
/// "v1" or "v2"; nothing without a header.
std::optional<std::string> name_of(const std::optional<ProxyProtocol>& version);

/// The header in which a load balancer names a client of TCP; version 2 with a checksum. Both endpoints are of the same
/// family.
std::string proxy_header(ProxyProtocol version, const net::Endpoint& source, const net::Endpoint& destination);

/// Sends it as the first bytes of a new connection, with the address of this client as the source; without a version,
/// sends nothing. A failure shows later, when the connection is used.
void send_proxy_header(const std::optional<ProxyProtocol>& version, int fd);

}  // namespace threadecho::client
