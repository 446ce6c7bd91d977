#include "fault/fault_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <string_view>

#include "text/durations.h"
#include "text/escape.h"
#include "text/numbers.h"

namespace threadecho::fault {
namespace {

using client::Json;
using std::chrono::milliseconds;

/// Longer than any fault. It limits the number, which may come from another program.
constexpr double kMostSeconds = 1e9;

std::string duration_of(const Json& fault, std::string_view name) {
  const double seconds = fault.value(std::string(name), 0.0);
  return text::format_duration(milliseconds(std::llround(std::clamp(seconds, 0.0, kMostSeconds) * 1000)));
}

/// 0 if it is missing. Throws if it is anything but a whole number.
std::uint64_t count_in(const Json& fault, std::string_view name) {
  const auto found = fault.find(name);
  return found == fault.end() ? 0 : found->get_ref<const Json::number_unsigned_t&>();
}

/// In whole seconds, rounded up; below one in milliseconds.
std::string time_left(const Json& fault) {
  const double seconds = std::clamp(fault.value("left_seconds", 0.0), 0.0, kMostSeconds);
  return text::format_duration(milliseconds(std::llround(seconds < 1 ? seconds * 1000 : std::ceil(seconds) * 1000)));
}

/// "200ms, jitter 50ms, 10 % of new connections of 10.0.0.0/8"
std::string settings_of(const Json& fault) {
  std::string settings;
  const auto add = [&settings](const std::string& part) { settings.append(settings.empty() ? "" : ", ").append(part); };
  if (fault.contains("delay_seconds")) {
    add(duration_of(fault, "delay_seconds"));
  }
  if (fault.value("jitter_seconds", 0.0) > 0) {
    add("jitter " + duration_of(fault, "jitter_seconds"));
  }
  if (fault.contains("bytes_per_second")) {
    add(std::to_string(count_in(fault, "bytes_per_second")) + " bytes/s");
  }
  if (fault.contains("after_bytes")) {
    add("after " + std::to_string(count_in(fault, "after_bytes")) + " bytes");
  }
  const double share = fault.value("share", 1.0);
  const bool only_new = fault.value("scope", "all") == "new";
  if (share < 1 || only_new) {
    add((share < 1 ? fmt::format("{:.3g} % of ", share * 100) : std::string()) + (only_new ? "new " : "") +
        "connections");
  }
  for (const Json& network : fault.value("clients", Json::array())) {
    add(text::printable(network.get<std::string>()));
  }
  return settings;
}

}  // namespace

std::string fault_list(const Json& faults, FaultAction action) {
  if (faults.empty()) {
    return action == FaultAction::kClear ? "no fault was active\n" : "no fault is active\n";
  }
  std::string text;
  for (const Json& fault : faults) {
    const std::string settings = settings_of(fault);
    const std::string left = action == FaultAction::kClear ? "ended" : time_left(fault) + " left";
    text += fmt::format("{:>4}  {:<8}  {}{}{}, injected {}\n", fault.at("id").get_ref<const Json::number_unsigned_t&>(),
                        text::printable(fault.at("fault").get<std::string>()), settings, settings.empty() ? "" : "; ",
                        left, text::count_of(count_in(fault, "injected"), "time"));
  }
  return text;
}

}  // namespace threadecho::fault
