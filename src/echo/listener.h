#pragma once

#include <cstdint>
#include <string_view>

#include "net/endpoint.h"
#include "net/fd.h"

namespace threadecho::config {
struct Settings;
}

namespace threadecho::echo {

/// The listening socket of the echo service, with every option that its connections are to have: Linux lets an
/// accepted socket inherit them all, which saves each connection half a dozen calls. Sets `endpoint` to what was bound.
/// `port_setting` is the name of the setting that `port` is from. Throws net::BindError.
net::Fd listen_for_clients(const config::Settings& settings, std::uint16_t port, std::string_view port_setting,
                           net::Endpoint& endpoint);

}  // namespace threadecho::echo
