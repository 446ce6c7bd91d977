#pragma once

#include "net/endpoint.h"

namespace threadecho::test {

/// The descriptor of this process that a client is connected to, for servers that run in it; -1 if there is none.
int descriptor_with_peer(const net::Endpoint& client);

/// The value of a socket option that is an int; throws std::system_error.
int int_option(int fd, int level, int name);

}  // namespace threadecho::test
