#pragma once

#include <cstdint>
#include <string>

#include "host/pod.h"
#include "net/endpoint.h"

namespace threadecho::admin {

/// What a connection to IDENTITY_PORT gets: which server answers, and which client it sees.
struct Identity {
  host::Pod pod;
  std::string host_name;

  /// One line of JSON, for the connection with this number.
  [[nodiscard]] std::string line(const net::Endpoint& server, const net::Endpoint& client, std::uint64_t number) const;
};

/// Of this process: its pod, and the name of its host or container, gethostname(2).
Identity identity_of(const host::Pod& pod);

}  // namespace threadecho::admin
