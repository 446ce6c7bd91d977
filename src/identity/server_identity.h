#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace threadecho::identity {

/// What a server reports at its IDENTITY_PORT about itself and the connection.
struct ServerIdentity {
  std::string pod = {};  ///< this and the next two are empty outside of Kubernetes
  std::string name_space = {};
  std::string node = {};
  std::string host_name = {};
  std::string server_address = {};
  std::string client_address = {};

  /// The name to show for it: the pod, else the host, else its address.
  [[nodiscard]] const std::string& name() const noexcept {
    return !pod.empty() ? pod : !host_name.empty() ? host_name : server_address;
  }
};

/// Parses the line; nothing if no threadecho server sent it.
std::optional<ServerIdentity> parse_identity(std::string_view line);

}  // namespace threadecho::identity
