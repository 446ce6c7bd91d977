#include "config/setting_kinds.h"

#include <unistd.h>

#include <algorithm>

#include "config/bind_address.h"
#include "text/ascii.h"

namespace threadecho::config {
namespace {

using Text = text::Parsed<std::string>;
using Names = text::Parsed<std::vector<std::string>>;

std::string as_it_is(const std::string& text) { return text; }

/// RFC 1123 section 2.1, with the underscore that names of containers have.
bool is_host_name(std::string_view name) {
  constexpr std::size_t kMostBytes = 253;
  constexpr std::size_t kMostBytesOfALabel = 63;
  if (name.empty() || name.size() > kMostBytes) {
    return false;
  }
  for (std::size_t start = 0; start <= name.size();) {
    const std::string_view label = name.substr(start, name.find('.', start) - start);
    const bool has_known_characters = std::all_of(label.begin(), label.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    });
    if (label.empty() || label.size() > kMostBytesOfALabel || !has_known_characters || label.front() == '-' ||
        label.back() == '-') {
      return false;
    }
    start += label.size() + 1;
  }
  return true;
}

Names parse_host_names(std::string_view text) {
  std::vector<std::string> names;
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t comma = std::min(text.find(',', start), text.size());
    std::string name = text::lower(text::trimmed(text.substr(start, comma - start)));
    if (!is_host_name(name)) {
      return Names::bad("entry " + std::to_string(names.size() + 1) + " of the list is " +
                        (name.empty() ? "empty" : "not a host name"));
    }
    names.push_back(std::move(name));
    start = comma + 1;
  }
  return Names::good(std::move(names));
}

}  // namespace

cli::ValueKind<std::uint64_t> stack_size(std::uint64_t low, std::uint64_t high, std::uint64_t system_minimum) {
  if (system_minimum <= low) {
    return cli::size(low, high);
  }
  constexpr std::uint64_t kKiB = 1024;
  auto kind = cli::size((system_minimum + kKiB - 1) / kKiB * kKiB, high);
  kind.allowed += " (this system has no smaller stacks)";
  return kind;
}

std::uint64_t least_stack_size() {
  const long bytes = ::sysconf(_SC_THREAD_STACK_MIN);
  return bytes > 0 ? static_cast<std::uint64_t>(bytes) : 0;
}

cli::ValueKind<std::string> address() {
  const auto parse = [](std::string_view text) {
    return parse_bind_address(std::string(text)) ? Text::good(std::string(text)) : Text::bad("not a numeric address");
  };
  return {"a numeric IPv4 or IPv6 address without a port (0.0.0.0, 127.0.0.1, ::, ::1)", parse, &as_it_is};
}

cli::ValueKind<std::vector<std::string>> host_names() {
  const auto show = [](const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) {
      text.append(text.empty() ? "" : ",").append(name);
    }
    return text;
  };
  return {"host names between commas, no ports; localhost and IP addresses are always allowed", &parse_host_names,
          show};
}

cli::ValueKind<std::string> congestion_control() {
  const auto parse = [](std::string_view text) {
    const bool is_printable = std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7F'; });
    return text.empty() || text.size() > 15 || !is_printable ? Text::bad("not a name of 1 to 15 characters")
                                                             : Text::good(std::string(text));
  };
  return {"a name in /proc/sys/net/ipv4/tcp_allowed_congestion_control", parse, &as_it_is};
}

}  // namespace threadecho::config
