#include "serve/handed_over.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "net/endpoint.h"

namespace threadecho::serve {
namespace {

struct HandedOverService {
  std::string_view name;
  net::Listeners HandedOver::*listeners;
  std::string_view port_setting;
  std::string_view address_setting;  ///< empty: the setting belongs to another service
};
constexpr std::array kServices = {
    HandedOverService{"echo", &HandedOver::echo, "PORT", "BIND_ADDRESS"},
    HandedOverService{"http", &HandedOver::http, "HTTP_PORT", "HTTP_BIND_ADDRESS"},
    HandedOverService{"identity", &HandedOver::identity, "IDENTITY_PORT", ""},
    HandedOverService{"proxy", &HandedOver::proxy, "PROXY_PORT", ""},
};
constexpr std::string_view kAllowedNames = "echo, http, identity, proxy (FileDescriptorName= of the socket unit)";
constexpr std::string_view kAllowedKind = "a socket unit with ListenStream=ADDRESS:PORT and Accept=no";

int socket_option(int fd, int name) {
  int value = -1;
  socklen_t length = sizeof value;
  return ::getsockopt(fd, SOL_SOCKET, name, &value, &length) == 0 ? value : -1;
}

/// "" for a listening TCP socket.
std::string_view reason_not_to_take(int fd) {
  if (::fcntl(fd, F_GETFD) < 0) {
    return "not open";
  }
  const int domain = socket_option(fd, SO_DOMAIN);
  if ((domain != AF_INET && domain != AF_INET6) || socket_option(fd, SO_PROTOCOL) != IPPROTO_TCP) {
    return "not a TCP socket";
  }
  return socket_option(fd, SO_ACCEPTCONN) == 1 ? "" : "does not listen";
}

void set_flags(int fd) {
  ::fcntl(fd, F_SETFD, FD_CLOEXEC);
  ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
}

}  // namespace

HandedOver take_over(PassedDescriptors passed) {
  HandedOver result;
  result.settings.problems = std::move(passed.problems);
  std::map<std::string, int> descriptor_of_address;
  for (const PassedDescriptor& descriptor : passed.list) {
    const auto reject = [&](std::string reason, std::string_view allowed) {
      result.settings.problems.push_back({"LISTEN_FDNAMES", descriptor.name,
                                          "descriptor " + std::to_string(descriptor.number), std::move(reason),
                                          std::string(allowed)});
    };
    const auto* const service = std::ranges::find(kServices, descriptor.name, &HandedOverService::name);
    if (service == kServices.end()) {
      reject("no service has this name", kAllowedNames);
      continue;
    }
    if (const std::string_view reason = reason_not_to_take(descriptor.number); !reason.empty()) {
      reject(std::string(reason), kAllowedKind);
      continue;
    }
    const net::Endpoint endpoint = net::Endpoint::local_of(descriptor.number);
    const auto [earlier, is_new] = descriptor_of_address.emplace(endpoint.to_string(), descriptor.number);
    if (!is_new) {
      reject("the same address as descriptor " + std::to_string(earlier->second) + ", " + earlier->first,
             "one socket for an address");
      continue;
    }
    set_flags(descriptor.number);
    net::Listeners& listeners = result.*service->listeners;
    listeners.outlive_process = true;
    listeners.sockets.emplace_back(descriptor.number);
    result.settings.values.emplace(service->port_setting, std::to_string(endpoint.port()));
    if (!service->address_setting.empty()) {
      result.settings.values.emplace(service->address_setting, endpoint.host());
    }
  }
  return result;
}

}  // namespace threadecho::serve
