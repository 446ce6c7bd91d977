#include "client/proxy_header.h"

#include <sys/socket.h>

#include "cli/value_kinds.h"

namespace threadecho::client {
namespace {

cli::ValueKind<net::ProxyProtocol> proxy_protocol() {
  return cli::choice<net::ProxyProtocol>({{"v1", net::ProxyProtocol::kV1}, {"v2", net::ProxyProtocol::kV2}});
}

}  // namespace

cli::Option row_of(std::optional<net::ProxyProtocol>& version) {
  return cli::option("--proxy-protocol", "VERSION", version, proxy_protocol(), "",
                     "begin each connection with a PROXY header: v1 or v2, as a load balancer does");
}

std::optional<std::string> name_of(const std::optional<net::ProxyProtocol>& version) {
  return version ? std::optional(proxy_protocol().show(*version)) : std::nullopt;
}

void send_proxy_header(const std::optional<net::ProxyProtocol>& version, int fd) {
  sockaddr_storage storage{};
  socklen_t length = sizeof storage;
  auto* const address = reinterpret_cast<sockaddr*>(&storage);
  if (!version || ::getpeername(fd, address, &length) != 0) {
    return;
  }
  const std::string header = net::write_proxy_header(*version, net::Endpoint::local_of(fd), {address, length});
  ::send(fd, header.data(), header.size(), MSG_NOSIGNAL | MSG_DONTWAIT);  // a new socket has room for it
}

}  // namespace threadecho::client
