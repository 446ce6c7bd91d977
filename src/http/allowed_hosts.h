#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace threadecho::http {

/// The hosts that requests may be for, against DNS rebinding: a web page must not read this server under a name of
/// its own. Any host if no names are given; otherwise these, `localhost` and every IP address, which no page can take
/// over by DNS. Never changes; any thread may ask it.
class AllowedHosts {
 public:
  /// `names` are in lower case and without ports, as HTTP_ALLOWED_HOSTS gives them.
  explicit AllowedHosts(std::vector<std::string> names) : names_(std::move(names)) {}

  /// `authority` is HOST[:PORT], as a Host field or a target in absolute form has it. The port, the case and a dot at
  /// the end of the name do not count. An empty one, of a client of HTTP/1.0, is allowed: browsers always name a host.
  [[nodiscard]] bool is_allowed(std::string_view authority) const;

 private:
  std::vector<std::string> names_;
};

}  // namespace threadecho::http
