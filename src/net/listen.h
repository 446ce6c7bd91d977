#pragma once

#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/fd.h"

namespace threadecho::net {

/// Cannot bind to the address or port; what() is one line for the user, with the likely cause and the remedy. main
/// turns it into exit status 3.
class BindError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct ListenOptions {
  std::string address = "::";  ///< numeric; "::" serves IPv4 too, and falls back to 0.0.0.0 on a host without IPv6
  std::uint16_t port = 0;      ///< 0: any free one
  int backlog = 128;
  std::string_view setting;               ///< name of the setting the port comes from, for the error text
  std::string_view address_setting = {};  ///< name of the setting the address comes from, for the error text
  /// Called with the bound socket before the first client can connect; sets the options that accepted sockets inherit.
  std::function<void(int fd)> before_listen;
};

/// The likely cause of a failure to listen with this errno value, and the remedy; "" if there is nothing to add.
std::string listen_advice(int error_number, const ListenOptions& options);

/// A listening, non-blocking, close-on-exec socket with SO_REUSEADDR (a restart must not wait for TIME_WAIT to pass).
/// Throws BindError.
Fd listen_on(const ListenOptions& options);

/// The sockets that listen for one service: one that this process has opened, or those that a service manager has
/// handed over, for example one for each address family.
struct Listeners {
  Listeners() = default;
  Listeners(Fd own) { sockets.push_back(std::move(own)); }  // one socket is all that most services need

  std::vector<Fd> sockets;
  /// The service manager keeps the sockets open: the next process serves the clients in their queues.
  bool outlive_process = false;
};

/// "0.0.0.0:9000, [::]:9000"
std::string addresses_of(const Listeners& listeners);

}  // namespace threadecho::net
