#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "client/failure.h"
#include "client/target.h"
#include "net/endpoint.h"

namespace threadecho::client {

/// What a look-up of a name found.
struct Resolution {
  std::vector<net::Endpoint> endpoints;  ///< in the order in which to try them (RFC 6724); empty: not found
  std::string reason;                    ///< why it is empty, in the system's words
  std::uint64_t number = 0;              ///< of the look-up, from 1, if a NameLookup made it
};

/// Every address of the host that the target's family allows, with its port. Blocks until getaddrinfo(3) returns, which
/// resolv.conf bounds; a numeric address takes no look-up.
Resolution resolve(const Target& target);

/// The failure of a look-up that found no address.
Failure name_failure(const Target& target, const std::string& reason);

/// Whether both are the same address and port.
bool is_same(const net::Endpoint& a, const net::Endpoint& b);

/// The order in which to connect: `first` if it is one of them, then one of each family in turn (RFC 8305 section 4),
/// so that one family that does not work costs one wait. `first` may be null.
std::vector<net::Endpoint> in_connecting_order(const std::vector<net::Endpoint>& endpoints, const net::Endpoint* first);

}  // namespace threadecho::client
