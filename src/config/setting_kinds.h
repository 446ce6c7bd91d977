#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/value_kinds.h"
#include "config/settings.h"
#include "log/options.h"
#include "net/network.h"

namespace threadecho::config {

/// How the text of one setting becomes a member of Settings, and back.
struct SettingKind {
  std::string allowed;  ///< for people: "0 to 65535"
  /// Sets the member, or returns why it cannot ("not a whole number") and leaves it as it was.
  std::function<std::optional<std::string>(std::string_view text, Settings& settings)> parse;
  /// The canonical text, which parse takes; empty where the value is left to the system.
  std::function<std::string(const Settings& settings)> show;
  cli::Candidates candidates = {};
};

template <typename T, typename Kind>
SettingKind member(T Settings::*place, const cli::ValueKind<Kind>& kind) {
  const auto parse = [place, read = kind.parse](std::string_view text,
                                                Settings& settings) -> std::optional<std::string> {
    auto parsed = read(text);
    if (!parsed.ok()) {
      return parsed.reason();
    }
    settings.*place = parsed.value();
    return std::nullopt;
  };
  return {kind.allowed, parse, [place, kind](const Settings& settings) { return kind.show(settings.*place); },
          kind.candidates};
}

/// The stack of a thread: a size in `low`..`high`, but not below `system_minimum`, which is what the C library demands.
cli::ValueKind<std::uint64_t> stack_size(std::uint64_t low, std::uint64_t high, std::uint64_t system_minimum);
/// What this system demands for a stack, in bytes: PTHREAD_STACK_MIN, sysconf(3). 128 KiB on arm64 with glibc.
std::uint64_t least_stack_size();

/// A numeric IPv4 or IPv6 address, the latter with or without a `%zone` (RFC 4007). No look-ups.
cli::ValueKind<std::string> address();

/// A port, 0 for any free one, or "off", which is nothing.
cli::ValueKind<std::optional<std::uint16_t>> port_or_off();

/// Networks in CIDR notation between commas, at least one.
cli::ValueKind<std::vector<net::Network>> networks();

/// Names of hosts between commas, at least one. Kept in lower case, each without white space around it. No look-ups.
cli::ValueKind<std::vector<std::string>> host_names();

cli::ValueKind<log::LogLevel> log_level();
cli::ValueKind<log::LogFormat> log_format();

/// A name of TCP congestion control, 1 to 15 characters (TCP_CA_NAME_MAX). Whether the system has it is checked later.
cli::ValueKind<std::string> congestion_control();

}  // namespace threadecho::config
