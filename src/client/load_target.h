#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "net/endpoint.h"

namespace threadecho::client {

/// The name cannot be resolved, or leads nowhere that the sources can reach; what() is one clause.
class TargetError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct LoadTarget {
  std::string host;  ///< without brackets
  std::string port;  ///< 1 to 65535
};

/// HOST:PORT or [IPV6]:PORT; nothing when it is neither.
std::optional<LoadTarget> split_target(std::string_view text);

/// Every address of the host, in the resolver's order. With sources, only those of the family that all sources have.
/// Throws TargetError when none is left.
std::vector<net::Endpoint> resolve(const LoadTarget& target, const std::vector<net::Endpoint>& sources);

/// The first of several addresses that a connection can be made to within `timeout`; the first one when none can, so
/// that the run itself says why. A load run goes to one address: results for two would be results for neither.
net::Endpoint first_reachable(const std::vector<net::Endpoint>& endpoints, int timeout_milliseconds);

}  // namespace threadecho::client
