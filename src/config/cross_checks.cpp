#include "config/cross_checks.h"

#include <algorithm>
#include <iterator>
#include <sstream>

#include "config/bind_address.h"
#include "config/settings.h"
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

void check_ports_differ(const CrossCheckInput& input, std::vector<Problem>& problems) {
  const auto port = input.given("PORT");
  const auto http_port = input.given("HTTP_PORT");
  if (!port || !http_port || !input.given("BIND_ADDRESS") || !input.given("HTTP_BIND_ADDRESS") ||
      input.settings.port != input.settings.http_port || input.settings.port == 0) {
    return;
  }
  const auto address = parse_bind_address(input.settings.bind_address);
  const auto http_address = parse_bind_address(input.settings.http_bind_address);
  if (address && http_address && overlap(*address, *http_address)) {
    problems.push_back({"HTTP_PORT", http_port->value, http_port->origin,
                        "the same port as " + with_origin("PORT", *port) + " on addresses that overlap",
                        "another port, 0, or different specific addresses"});
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
