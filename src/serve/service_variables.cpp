#include "serve/service_variables.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "text/as_number.h"

namespace threadecho::serve {
namespace {

constexpr std::array kServiceVariables = {
    "LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES", "LISTEN_PIDFDID", "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID",
};
/// SD_LISTEN_FDS_START
constexpr int kFirstDescriptor = 3;
/// Far more than any service uses: a larger number is a mistake.
constexpr std::uint64_t kMostDescriptors = 256;

std::string_view value_of(const host::Environment& variables, std::string_view name) {
  const auto found = variables.find(name);
  return found == variables.end() ? std::string_view() : std::string_view(found->second);
}

std::vector<std::string> split_at_colons(std::string_view text) {
  std::vector<std::string> parts;
  for (std::size_t end = text.find(':'); end != std::string_view::npos; end = text.find(':')) {
    parts.emplace_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  parts.emplace_back(text);
  return parts;
}

}  // namespace

host::Environment take_service_variables(host::Environment& environment) {
  host::Environment taken;
  for (const char* const name : kServiceVariables) {
    if (auto variable = environment.extract(name)) {
      taken.insert(std::move(variable));
    }
    ::unsetenv(name);  // NOLINT(concurrency-mt-unsafe): no threads yet
  }
  return taken;
}

PassedDescriptors passed_descriptors(const host::Environment& variables, pid_t self) {
  const std::string_view count_text = value_of(variables, "LISTEN_FDS");
  if (count_text.empty() || value_of(variables, "LISTEN_PID") != std::to_string(self)) {
    return {};
  }
  const auto wrong = [](std::string_view name, std::string_view value, std::string reason, std::string allowed) {
    return PassedDescriptors{
        {}, {{std::string(name), std::string(value), "environment", std::move(reason), std::move(allowed)}}};
  };
  const auto count = text::as_number<std::uint64_t>(count_text);
  if (!count || *count > kMostDescriptors) {
    return wrong("LISTEN_FDS", count_text, "not a number of descriptors", "0 to " + std::to_string(kMostDescriptors));
  }
  if (*count == 0) {
    return {};
  }
  const std::string_view names_text = value_of(variables, "LISTEN_FDNAMES");
  const std::vector<std::string> names = split_at_colons(names_text);
  if (names.size() != *count) {
    return wrong("LISTEN_FDNAMES", names_text, "not one name for each of " + std::string(count_text) + " descriptors",
                 "names separated by colons, as systemd sets them");
  }
  PassedDescriptors passed;
  for (std::size_t i = 0; i < names.size(); ++i) {
    passed.list.push_back({kFirstDescriptor + static_cast<int>(i), names[i]});
  }
  return passed;
}

std::optional<std::chrono::microseconds> watchdog_interval(const host::Environment& variables, pid_t self) {
  const std::string_view process = value_of(variables, "WATCHDOG_PID");
  const auto interval = text::as_number<std::uint64_t>(value_of(variables, "WATCHDOG_USEC"));
  const bool is_ours = process.empty() || process == std::to_string(self);
  if (!is_ours || !interval || *interval == 0 || *interval > std::chrono::microseconds::max().count() / 1000) {
    return std::nullopt;
  }
  return std::chrono::microseconds(*interval);
}

}  // namespace threadecho::serve
