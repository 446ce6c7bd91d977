#include "config/setting_kinds.h"

#include <unistd.h>

#include <algorithm>

#include "net/bind_address.h"
#include "text/ascii.h"

namespace threadecho::config {
namespace {

using Text = text::Parsed<std::string>;

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

Text parse_host_name(std::string_view text) {
  std::string name = text::lower(text);
  return is_host_name(name) ? Text::good(std::move(name)) : Text::bad("is not a host name");
}

/// Entries between commas, each with white space around it removed.
template <typename T>
text::Parsed<std::vector<T>> parse_list(std::string_view text, text::Parsed<T> (*parse_entry)(std::string_view)) {
  std::vector<T> entries;
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t comma = std::min(text.find(',', start), text.size());
    const std::string_view entry = text::trimmed(text.substr(start, comma - start));
    const auto parsed = parse_entry(entry);
    if (!parsed.ok()) {
      return text::Parsed<std::vector<T>>::bad("entry " + std::to_string(entries.size() + 1) + " of the list " +
                                               (entry.empty() ? "is empty" : parsed.reason()));
    }
    entries.push_back(parsed.value());
    start = comma + 1;
  }
  return text::Parsed<std::vector<T>>::good(std::move(entries));
}

template <typename T, typename Show>
std::string show_list(const std::vector<T>& entries, Show show) {
  std::string text;
  for (const T& entry : entries) {
    text.append(text.empty() ? "" : ",").append(show(entry));
  }
  return text;
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
    return net::parse_bind_address(std::string(text)) ? Text::good(std::string(text))
                                                      : Text::bad("not a numeric address");
  };
  return {"a numeric IPv4 or IPv6 address without a port (0.0.0.0, 127.0.0.1, ::, ::1)", parse, &as_it_is};
}

cli::ValueKind<std::vector<std::string>> host_names() {
  return {"host names between commas, no ports; localhost and IP addresses are always allowed",
          [](std::string_view text) { return parse_list(text, &parse_host_name); },
          [](const std::vector<std::string>& names) { return show_list(names, as_it_is); }};
}

cli::ValueKind<std::optional<std::uint16_t>> port_or_off() {
  using Port = text::Parsed<std::optional<std::uint16_t>>;
  const auto port = cli::number<std::uint16_t>(0, UINT16_MAX);
  const auto parse = [port](std::string_view text) {
    if (text::lower(text) == "off") {
      return Port::good(std::nullopt);
    }
    const auto parsed = port.parse(text);
    return parsed.ok() ? Port::good(parsed.value()) : Port::bad(parsed.reason());
  };
  const auto show = [](const std::optional<std::uint16_t>& number) {
    return number ? std::to_string(*number) : std::string("off");
  };
  return {port.allowed + ", or off", parse, show, {.words = {"off"}}};
}

cli::ValueKind<std::vector<net::Network>> networks() {
  return {"any, or networks in CIDR notation between commas (10.0.0.0/8,2001:db8::/32); a single address is one too",
          [](std::string_view text) {
            using Networks = text::Parsed<std::vector<net::Network>>;
            return text::lower(text) == "any" ? Networks::good({}) : parse_list(text, &net::Network::parse);
          },
          [](const std::vector<net::Network>& networks) {
            return show_list(networks, [](const net::Network& network) { return network.to_string(); });
          }};
}

cli::ValueKind<log::LogLevel> log_level() {
  using log::LogLevel;
  return cli::choice<LogLevel>({{"trace", LogLevel::kTrace},
                                {"debug", LogLevel::kDebug},
                                {"info", LogLevel::kInfo},
                                {"warning", LogLevel::kWarning},
                                {"warn", LogLevel::kWarning},
                                {"error", LogLevel::kError},
                                {"critical", LogLevel::kCritical},
                                {"off", LogLevel::kOff}});
}

cli::ValueKind<log::LogFormat> log_format() {
  return cli::choice<log::LogFormat>({{"text", log::LogFormat::kText}, {"json", log::LogFormat::kJson}});
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
