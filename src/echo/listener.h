#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "net/listen.h"

namespace threadecho::config {
struct Settings;
}

namespace threadecho::echo {

/// Sets every option that a connection of the echo service is to have. Returns why one cannot be set, or "".
std::string set_connection_options(int fd, const config::Settings& settings);

/// The listening sockets of the echo service, with the options that their connections are to have: Linux lets an
/// accepted socket inherit them all, which saves each connection half a dozen calls. They are those that were handed
/// over, or else one that is bound to `port`, which is the value of the setting `port_setting`. Throws net::BindError.
net::Listeners listen_for_clients(const config::Settings& settings, std::uint16_t port, std::string_view port_setting,
                                  net::Listeners handed_over);

}  // namespace threadecho::echo
