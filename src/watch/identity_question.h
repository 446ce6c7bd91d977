#pragma once

#include <chrono>
#include <cstdint>

#include "host/pod.h"
#include "net/endpoint.h"

namespace threadecho::watch {

/// Which pod and node serve an address: GET /version of the same address.
struct IdentityQuestion {
  net::Endpoint address;
  std::uint16_t port = 0;
  std::chrono::milliseconds timeout{0};
};

/// Asks, which may take as long as the timeout. All is empty without an answer, and for a server that is in no pod.
host::Pod ask(const IdentityQuestion& question);

}  // namespace threadecho::watch
