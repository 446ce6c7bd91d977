#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace threadecho::identity {

/// What a server tells of itself and of the connection at its IDENTITY_PORT.
struct ServerIdentity {
  std::string pod = {};  ///< this and the next two are empty outside of Kubernetes
  std::string name_space = {};
  std::string node = {};
  std::string host_name = {};
  std::string server_address = {};
  std::string client_address = {};

  /// What tells it from other servers, for people: the pod, else the host, else its address.
  [[nodiscard]] const std::string& name() const noexcept {
    return !pod.empty() ? pod : !host_name.empty() ? host_name : server_address;
  }
};

/// From the line; nothing if it is not one of a threadecho server.
std::optional<ServerIdentity> parse_identity(std::string_view line);

}  // namespace threadecho::identity
