#pragma once

#include <cstdint>
#include <string>

#include "net/endpoint.h"

namespace threadecho::net {

/// A version of the PROXY protocol's header, proxy-protocol.txt.
enum class ProxyProtocol : std::uint8_t { kV1, kV2 };

/// The header in which a load balancer names a client of TCP; version 2 with a checksum. Both endpoints are of the same
/// family. parse_proxy_header() of proxy_header.h reads it.
std::string write_proxy_header(ProxyProtocol version, const Endpoint& source, const Endpoint& destination);

}  // namespace threadecho::net
