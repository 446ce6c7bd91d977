#include "config/setting_kinds.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <system_error>

#include "config/bind_address.h"
#include "config/settings.h"
#include "text/ascii.h"
#include "text/durations.h"
#include "text/sizes.h"

namespace threadecho::config {
namespace {

using Reason = std::optional<std::string>;

constexpr std::string_view kOutOfRange = "out of range";

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

}  // namespace

template <typename T>
SettingKind number(T Settings::*member, std::uint64_t low, std::uint64_t high) {
  SettingKind kind;
  kind.allowed = std::to_string(low) + " to " + std::to_string(high);
  kind.parse = [member, low, high](std::string_view text, Settings& settings) -> Reason {
    std::uint64_t value = 0;
    const char* const end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, value);
    if (parsed.ec == std::errc::invalid_argument || parsed.ptr != end) {
      return "not a whole number";
    }
    if (parsed.ec != std::errc{} || value < low || value > high) {
      return std::string(kOutOfRange);
    }
    settings.*member = static_cast<T>(value);
    return std::nullopt;
  };
  kind.show = [member](const Settings& settings) { return std::to_string(settings.*member); };
  return kind;
}

template SettingKind number(std::uint16_t Settings::*, std::uint64_t, std::uint64_t);
template SettingKind number(std::uint32_t Settings::*, std::uint64_t, std::uint64_t);
template SettingKind number(int Settings::*, std::uint64_t, std::uint64_t);

SettingKind size(std::size_t Settings::*member, std::uint64_t low, std::uint64_t high, bool zero_is_system) {
  SettingKind kind;
  kind.allowed =
      (zero_is_system ? "0 (as the system's), or " : "") + text::format_size(low) + " to " + text::format_size(high);
  kind.parse = [=](std::string_view text, Settings& settings) -> Reason {
    const auto parsed = text::parse_size(text);
    if (!parsed.ok()) {
      return parsed.reason();
    }
    const std::uint64_t bytes = parsed.value();
    const bool is_system = zero_is_system && bytes == 0;
    if (!is_system && (bytes < low || bytes > high)) {
      return std::string(kOutOfRange);
    }
    settings.*member = static_cast<std::size_t>(bytes);
    return std::nullopt;
  };
  kind.show = [member, zero_is_system](const Settings& settings) {
    return zero_is_system && settings.*member == 0 ? std::string{} : text::format_size(settings.*member);
  };
  return kind;
}

SettingKind stack_size(std::size_t Settings::*member, std::uint64_t low, std::uint64_t high,
                       std::uint64_t system_minimum) {
  if (system_minimum <= low) {
    return size(member, low, high);
  }
  constexpr std::uint64_t kKiB = 1024;
  SettingKind kind = size(member, (system_minimum + kKiB - 1) / kKiB * kKiB, high);
  kind.allowed += " (this system has no smaller stacks)";
  return kind;
}

std::uint64_t least_stack_size() {
  const long bytes = ::sysconf(_SC_THREAD_STACK_MIN);
  return bytes > 0 ? static_cast<std::uint64_t>(bytes) : 0;
}

SettingKind duration(std::chrono::milliseconds Settings::*member, std::chrono::milliseconds low,
                     std::chrono::milliseconds high, std::chrono::milliseconds step) {
  SettingKind kind;
  kind.allowed = "0s, or " + text::format_duration(low) + " to " + text::format_duration(high);
  if (step > std::chrono::milliseconds{1}) {
    kind.allowed += " in steps of " + text::format_duration(step);
  }
  kind.parse = [=](std::string_view text, Settings& settings) -> Reason {
    const auto parsed = text::parse_duration(text);
    if (!parsed.ok()) {
      return parsed.reason();
    }
    const auto value = parsed.value();
    if (value.count() != 0 && (value < low || value > high)) {
      return std::string(kOutOfRange);
    }
    if ((value % step).count() != 0) {
      return "not a multiple of " + text::format_duration(step);
    }
    settings.*member = value;
    return std::nullopt;
  };
  kind.show = [member](const Settings& settings) { return text::format_duration(settings.*member); };
  return kind;
}

template <typename Enum>
SettingKind choice(Enum Settings::*member, std::vector<std::pair<std::string_view, Enum>> names) {
  SettingKind kind;
  for (const auto& [name, value] : names) {
    kind.allowed.append(kind.allowed.empty() ? "" : ", ").append(name);
  }
  const auto shared = std::make_shared<const decltype(names)>(std::move(names));
  kind.parse = [member, shared](std::string_view text, Settings& settings) -> Reason {
    const std::string wanted = text::lower(text);
    const auto found = std::find_if(shared->begin(), shared->end(), [&](const auto& n) { return n.first == wanted; });
    if (found == shared->end()) {
      return "not one of the allowed names";
    }
    settings.*member = found->second;
    return std::nullopt;
  };
  kind.show = [member, shared](const Settings& settings) -> std::string {
    const auto found =
        std::find_if(shared->begin(), shared->end(), [&](const auto& name) { return name.second == settings.*member; });
    return std::string(found->first);
  };
  return kind;
}

template SettingKind choice(ThreadModel Settings::*, std::vector<std::pair<std::string_view, ThreadModel>>);
template SettingKind choice(SchedPolicy Settings::*, std::vector<std::pair<std::string_view, SchedPolicy>>);
template SettingKind choice(log::LogLevel Settings::*, std::vector<std::pair<std::string_view, log::LogLevel>>);
template SettingKind choice(log::LogFormat Settings::*, std::vector<std::pair<std::string_view, log::LogFormat>>);

SettingKind address(std::string Settings::*member) {
  SettingKind kind;
  kind.allowed = "a numeric IPv4 or IPv6 address without a port (0.0.0.0, 127.0.0.1, ::, ::1)";
  kind.parse = [member](std::string_view text, Settings& settings) -> Reason {
    if (!parse_bind_address(std::string(text))) {
      return "not a numeric address";
    }
    settings.*member = text;
    return std::nullopt;
  };
  kind.show = [member](const Settings& settings) { return settings.*member; };
  return kind;
}

SettingKind host_names(std::vector<std::string> Settings::*member) {
  SettingKind kind;
  kind.allowed = "host names between commas, no ports; localhost and IP addresses are always allowed";
  kind.parse = [member](std::string_view text, Settings& settings) -> Reason {
    std::vector<std::string> names;
    for (std::size_t start = 0; start <= text.size();) {
      const std::size_t comma = std::min(text.find(',', start), text.size());
      std::string name = text::lower(text::trimmed(text.substr(start, comma - start)));
      if (!is_host_name(name)) {
        return "entry " + std::to_string(names.size() + 1) + " of the list is " +
               (name.empty() ? "empty" : "not a host name");
      }
      names.push_back(std::move(name));
      start = comma + 1;
    }
    settings.*member = std::move(names);
    return std::nullopt;
  };
  kind.show = [member](const Settings& settings) {
    std::string text;
    for (const std::string& name : settings.*member) {
      text.append(text.empty() ? "" : ",").append(name);
    }
    return text;
  };
  return kind;
}

SettingKind congestion_control() {
  SettingKind kind;
  kind.allowed = "a name in /proc/sys/net/ipv4/tcp_allowed_congestion_control";
  kind.parse = [](std::string_view text, Settings& settings) -> Reason {
    const bool is_printable = std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7F'; });
    if (text.empty() || text.size() > 15 || !is_printable) {
      return "not a name of 1 to 15 characters";
    }
    settings.congestion_control = text;
    return std::nullopt;
  };
  kind.show = [](const Settings& settings) { return settings.congestion_control; };
  return kind;
}

SettingKind path(std::string Settings::*member) {
  SettingKind kind;
  kind.allowed = "the path of a file";
  kind.parse = [member](std::string_view text, Settings& settings) -> Reason {
    if (text.empty() || text.find('\0') != std::string_view::npos) {
      return "not a path";
    }
    settings.*member = text;
    return std::nullopt;
  };
  kind.show = [member](const Settings& settings) { return settings.*member; };
  return kind;
}

}  // namespace threadecho::config
