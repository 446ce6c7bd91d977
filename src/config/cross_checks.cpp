#include "config/cross_checks.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <optional>
#include <sstream>

#include "config/settings.h"
#include "net/bind_address.h"
#include "text/escape.h"
#include "text/sizes.h"

namespace threadecho::config {
namespace {

// What an echo thread needs beside its buffer: frames of its own and of the logger, and glibc's thread descriptor
// with thread-local storage.
constexpr std::size_t kStackReserve = 48UL * 1024;

std::string with_origin(std::string_view name, const Given& given) {
  return std::string(name) + "=" + text::in_quotes(given.value) + " (" + given.origin + ")";
}

void check_buffer_fits_stack(const CrossCheckInput& input, std::vector<Problem>& problems) {
  const auto buffer = input.given("BUFFER_SIZE");
  const auto stack = input.given("THREAD_STACK_SIZE");
  if (!buffer || !stack || input.settings.buffer_size + kStackReserve <= input.settings.thread_stack_size) {
    return;
  }
  problems.push_back({"BUFFER_SIZE", buffer->value, buffer->origin,
                      "does not fit a thread's stack with " + with_origin("THREAD_STACK_SIZE", *stack),
                      "at most " + text::format_size(input.settings.thread_stack_size - kStackReserve) +
                          " (THREAD_STACK_SIZE less 48KiB)"});
}

/// One listener's port, and the address it is bound to.
struct ListenerSettings {
  std::string_view name;
  std::optional<std::uint16_t> port;
  std::string_view address_name;
  const std::string& address;
};

/// Whether the two conflict: the second one could not bind.
bool have_same_port(const ListenerSettings& one, const ListenerSettings& other) {
  if (!one.port || one.port != other.port || *one.port == 0) {
    return false;
  }
  const auto address = net::parse_bind_address(one.address);
  const auto other_address = net::parse_bind_address(other.address);
  return address && other_address && net::overlap(*address, *other_address);
}

void check_ports_differ(const CrossCheckInput& input, std::vector<Problem>& problems) {
  const Settings& settings = input.settings;
  const std::vector<ListenerSettings> listeners = {
      {"PORT", settings.port, "BIND_ADDRESS", settings.bind_address},
      {"HTTP_PORT", settings.http_port, "HTTP_BIND_ADDRESS", settings.http_bind_address},
      {"PROXY_PORT", settings.proxy_port, "BIND_ADDRESS", settings.bind_address},
      {"IDENTITY_PORT", settings.identity_port, "BIND_ADDRESS", settings.bind_address}};
  for (auto later = listeners.begin() + 1; later != listeners.end(); ++later) {
    const auto clash = std::find_if(listeners.begin(), later, [&](const ListenerSettings& earlier) {
      return input.given(earlier.name) && input.given(earlier.address_name) && have_same_port(earlier, *later);
    });
    const auto given = input.given(later->name);
    if (clash != later && given && input.given(later->address_name)) {
      problems.push_back(
          {std::string(later->name), given->value, given->origin,
           "the same port as " + with_origin(clash->name, *input.given(clash->name)) + " on addresses that overlap",
           "another port, 0, or different specific addresses"});
    }
  }
}

void check_congestion_control(const CrossCheckInput& input, std::vector<Problem>& problems) {
  const auto given = input.given("CONGESTION_CONTROL");
  if (!given || input.settings.congestion_control.empty() || !input.allowed_congestion_control) {
    return;
  }
  std::istringstream stream(*input.allowed_congestion_control);
  const std::vector<std::string> names{std::istream_iterator<std::string>(stream), {}};
  if (std::find(names.begin(), names.end(), input.settings.congestion_control) != names.end()) {
    return;
  }
  std::string allowed;
  for (const std::string& name : names) {
    allowed.append(allowed.empty() ? "" : ", ").append(name);
  }
  problems.push_back({"CONGESTION_CONTROL", given->value, given->origin, "not allowed on this system",
                      allowed + " (tcp_allowed_congestion_control)"});
}

}  // namespace

std::vector<Problem> cross_check(const CrossCheckInput& input) {
  std::vector<Problem> problems;
  check_ports_differ(input, problems);
  check_buffer_fits_stack(input, problems);
  check_congestion_control(input, problems);
  return problems;
}

}  // namespace threadecho::config
