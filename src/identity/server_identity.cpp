#include "identity/server_identity.h"

#include "client/json.h"

namespace threadecho::identity {
namespace {

/// Empty if it is missing or null.
std::string text_in(const client::Json& object, std::string_view name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

std::optional<ServerIdentity> parse_identity(std::string_view line) {
  const client::Json object = client::Json::parse(line, nullptr, false);
  if (!object.is_object() || !line.ends_with('\n')) {
    return std::nullopt;
  }
  ServerIdentity identity{.pod = text_in(object, "pod"),
                          .name_space = text_in(object, "namespace"),
                          .node = text_in(object, "node"),
                          .host_name = text_in(object, "host_name"),
                          .server_address = text_in(object, "server_address"),
                          .client_address = text_in(object, "client_address")};
  const bool is_complete = !identity.server_address.empty() && !identity.client_address.empty();
  return is_complete ? std::optional(std::move(identity)) : std::nullopt;
}

}  // namespace threadecho::identity
