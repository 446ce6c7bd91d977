#include "admin/identity_line.h"

#include <unistd.h>

#include <array>
#include <climits>
#include <nlohmann/json.hpp>

#include "build_info.h"

namespace threadecho::admin {
namespace {

nlohmann::ordered_json text_or_null(const std::string& text) {
  return text.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(text);
}

}  // namespace

std::string Identity::line(const net::Endpoint& server, const net::Endpoint& client, std::uint64_t number) const {
  const nlohmann::ordered_json object = {{"pod", text_or_null(pod.name)},
                                         {"namespace", text_or_null(pod.name_space)},
                                         {"node", text_or_null(pod.node)},
                                         {"host_name", text_or_null(host_name)},
                                         {"server_address", server.to_string()},
                                         {"client_address", client.to_string()},
                                         {"via", nullptr},  // no PROXY header is read here
                                         {"connection", number},
                                         {"version", build_info().version}};
  // What is not UTF-8 becomes U+FFFD: an environment may hold any bytes.
  return object.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

Identity identity_of(const host::Pod& pod) {
  std::array<char, HOST_NAME_MAX + 1> name{};
  ::gethostname(name.data(), name.size() - 1);
  return {.pod = pod, .host_name = name.data()};
}

}  // namespace threadecho::admin
