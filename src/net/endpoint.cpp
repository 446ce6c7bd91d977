#include "net/endpoint.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netdb.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstring>
#include <span>
#include <system_error>

namespace threadecho::net {
namespace {

constexpr std::array<std::uint8_t, 12> kMappedPrefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

static_assert(sizeof(sockaddr_in) <= sizeof(sockaddr_in6));

sockaddr_in as_ipv4(const sockaddr_in6& storage) {
  sockaddr_in ipv4{};
  std::memcpy(&ipv4, &storage, sizeof ipv4);
  return ipv4;
}

/// 0 for an address that means the same on every link.
std::uint32_t zone_of(const sockaddr_in6& storage) {
  return storage.sin6_family == AF_INET6 && IN6_IS_ADDR_LINKLOCAL(&storage.sin6_addr) ? storage.sin6_scope_id : 0;
}

}  // namespace

void EndpointText::append(std::string_view text) noexcept {
  const std::size_t size = std::min(text.size(), characters_.size() - size_);
  std::memcpy(characters_.data() + size_, text.data(), size);
  size_ += size;
}

void EndpointText::append_number(std::uint32_t number) noexcept {
  std::array<char, 10> digits{};
  append({digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr});
}

void EndpointText::append_zone(std::uint32_t zone) noexcept {
  std::array<char, IF_NAMESIZE> name{};
  if (::if_indextoname(zone, name.data()) != nullptr) {
    append(name.data());
  } else {
    append_number(zone);  // the interface is gone, or no descriptor is left to ask for its name
  }
}

Endpoint::Endpoint() noexcept { storage_.sin6_family = AF_UNSPEC; }

Endpoint::Endpoint(const sockaddr* address, socklen_t length) noexcept : Endpoint() {
  if (address->sa_family == AF_INET || address->sa_family == AF_INET6) {
    std::memcpy(&storage_, address, std::min<std::size_t>(length, sizeof storage_));
  }
}

std::optional<Endpoint> Endpoint::parse(const std::string& address, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  if (address.empty() || ::getaddrinfo(address.c_str(), std::to_string(port).c_str(), &hints, &found) != 0) {
    return std::nullopt;
  }
  const Endpoint endpoint(found->ai_addr, found->ai_addrlen);
  ::freeaddrinfo(found);
  return endpoint;
}

std::optional<Endpoint> Endpoint::parse_strictly(const std::string& address) {
  if (address.find('\0') != std::string::npos) {  // inet_pton(3) would take the part before it for the whole
    return std::nullopt;
  }
  sockaddr_in ipv4{};
  if (::inet_pton(AF_INET, address.c_str(), &ipv4.sin_addr) == 1) {
    ipv4.sin_family = AF_INET;
    return Endpoint(reinterpret_cast<const sockaddr*>(&ipv4), sizeof ipv4);
  }
  Endpoint endpoint;
  if (::inet_pton(AF_INET6, address.c_str(), &endpoint.storage_.sin6_addr) == 1) {
    endpoint.storage_.sin6_family = AF_INET6;
    return endpoint;
  }
  return std::nullopt;
}

Endpoint Endpoint::local_of(int fd) {
  sockaddr_storage storage{};
  socklen_t length = sizeof storage;
  auto* const address = reinterpret_cast<sockaddr*>(&storage);
  if (::getsockname(fd, address, &length) != 0) {
    throw std::system_error(errno, std::generic_category(), "getsockname");
  }
  return {address, length};
}

bool Endpoint::is_ipv4() const noexcept {
  const AddressKey key = address_key();
  return std::ranges::equal(kMappedPrefix, std::span(key).first<kMappedPrefix.size()>());
}

bool Endpoint::is_any() const noexcept {
  const AddressKey key = address_key();
  const auto host = std::span(key).subspan(is_ipv4() ? kMappedPrefix.size() : 0);
  return is_known() && std::ranges::all_of(host, [](std::uint8_t byte) { return byte == 0; });
}

std::uint16_t Endpoint::port() const noexcept {
  // At the same place in both families, ip(7) and ipv6(7).
  static_assert(offsetof(sockaddr_in, sin_port) == offsetof(sockaddr_in6, sin6_port));
  return ntohs(storage_.sin6_port);
}

AddressKey Endpoint::address_key() const noexcept {
  AddressKey key{};
  if (family() == AF_INET) {
    const in_addr address = as_ipv4(storage_).sin_addr;
    std::memcpy(key.data(), kMappedPrefix.data(), kMappedPrefix.size());
    std::memcpy(key.data() + kMappedPrefix.size(), &address, sizeof address);
  } else if (family() == AF_INET6) {
    std::memcpy(key.data(), &storage_.sin6_addr, sizeof storage_.sin6_addr);
  }
  if (const std::uint32_t zone = zone_of(storage_)) {
    std::memcpy(key.data() + sizeof storage_.sin6_addr, &zone, sizeof zone);
  }
  return key;
}

EndpointText Endpoint::text() const noexcept {
  EndpointText result;
  if (family() == AF_UNSPEC) {
    result.append("unknown");
    return result;
  }
  const AddressKey key = address_key();
  const bool ipv4 = is_ipv4();
  std::array<char, INET6_ADDRSTRLEN> address{};
  ::inet_ntop(ipv4 ? AF_INET : AF_INET6, key.data() + (ipv4 ? kMappedPrefix.size() : 0), address.data(),
              address.size());

  result.append(ipv4 ? "" : "[");
  result.append(address.data());
  if (const std::uint32_t zone = zone_of(storage_)) {
    result.append("%");
    result.append_zone(zone);
  }
  result.append(ipv4 ? ":" : "]:");
  result.append_number(port());
  return result;
}

std::string Endpoint::host() const {
  const EndpointText whole = text();
  const std::string_view host = whole.view().substr(0, whole.view().rfind(':'));
  return std::string(host.starts_with('[') ? host.substr(1, host.size() - 2) : host);
}

const sockaddr* Endpoint::address() const noexcept { return reinterpret_cast<const sockaddr*>(&storage_); }

socklen_t Endpoint::length() const noexcept { return family() == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6); }

}  // namespace threadecho::net
