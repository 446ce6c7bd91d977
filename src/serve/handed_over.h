#pragma once

#include "config/settings_loader.h"
#include "net/listen.h"
#include "serve/service_variables.h"

namespace threadecho::serve {

/// Listening sockets that the service manager has handed over, by what they are for: "echo", "http", "proxy" and
/// "identity" in LISTEN_FDNAMES. It keeps them too, so they outlive this process.
struct HandedOver {
  net::Listeners echo;
  net::Listeners http;
  net::Listeners proxy;
  net::Listeners identity;
  config::SocketSettings settings;  ///< their ports and addresses, and what is wrong with them
};

/// Takes the descriptors over. A descriptor becomes a problem of the settings if it has another name, is not a
/// listening TCP socket, or listens on the address of an earlier one. Call before anything opens a descriptor.
HandedOver take_over(PassedDescriptors passed);

}  // namespace threadecho::serve
