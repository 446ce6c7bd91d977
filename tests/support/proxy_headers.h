#pragma once

#include <string>

namespace threadecho::test {

/// Headers of the PROXY protocol for tests, in which a balancer names 192.0.2.HOST:4711.
inline std::string proxy_v1(int host = 1) {
  return "PROXY TCP4 192.0.2." + std::to_string(host) + " 192.0.2.200 4711 9000\r\n";
}
inline std::string proxy_v2(int host = 1) {
  using namespace std::string_literals;
  return "\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0C\xC0\0\x02"s + static_cast<char>(host) + "\xC0\0\x02\xC8\x12\x67\x23\x28"s;
}
/// The balancer's own connection.
inline std::string proxy_local() {
  using namespace std::string_literals;
  return "\r\n\r\n\0\r\nQUIT\n\x20\0\0\0"s;
}

}  // namespace threadecho::test
