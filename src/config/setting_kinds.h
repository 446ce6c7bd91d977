#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace threadecho::config {

struct Settings;

/// How the text of one setting becomes a member of Settings, and back.
struct SettingKind {
  std::string allowed;  ///< for people: "0 to 65535"
  /// Sets the member, or returns why it cannot ("not a whole number") and leaves it as it was.
  std::function<std::optional<std::string>(std::string_view text, Settings& settings)> parse;
  /// The canonical text, which parse takes; empty where the value is left to the system.
  std::function<std::string(const Settings& settings)> show;
};

/// A whole number in `low`..`high`, which both fit T.
template <typename T>
SettingKind number(T Settings::*member, std::uint64_t low, std::uint64_t high);

/// A size in bytes in `low`..`high`. With `zero_is_system`, 0 is allowed too and leaves the value to the system.
SettingKind size(std::size_t Settings::*member, std::uint64_t low, std::uint64_t high, bool zero_is_system = false);

/// The stack of a thread: a size in `low`..`high`, but not below `system_minimum`, which is what the C library demands.
SettingKind stack_size(std::size_t Settings::*member, std::uint64_t low, std::uint64_t high,
                       std::uint64_t system_minimum);
/// What this system demands for a stack, in bytes: PTHREAD_STACK_MIN, sysconf(3). 128 KiB on arm64 with glibc.
std::uint64_t least_stack_size();

/// A multiple of `step` in `low`..`high`, or zero, which switches it off.
SettingKind duration(std::chrono::milliseconds Settings::*member, std::chrono::milliseconds low,
                     std::chrono::milliseconds high, std::chrono::milliseconds step = std::chrono::milliseconds{1});

/// One of a list of names, in lower or upper case. The first name of a value is its canonical one.
template <typename Enum>
SettingKind choice(Enum Settings::*member, std::vector<std::pair<std::string_view, Enum>> names);

/// A numeric IPv4 or IPv6 address, the latter with or without a `%zone` (RFC 4007). No look-ups.
SettingKind address(std::string Settings::*member);

/// Names of hosts between commas, at least one. Kept in lower case, each without white space around it. No look-ups.
SettingKind host_names(std::vector<std::string> Settings::*member);

/// A name of TCP congestion control, 1 to 15 characters (TCP_CA_NAME_MAX). Whether the system has it is checked later.
SettingKind congestion_control();

/// The path of a file.
SettingKind path(std::string Settings::*member);

}  // namespace threadecho::config
