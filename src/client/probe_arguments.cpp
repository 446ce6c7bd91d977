#include "client/probe_arguments.h"

#include <charconv>
#include <system_error>
#include <vector>

#include "client/arguments.h"
#include "config/durations.h"
#include "config/sizes.h"
#include "config/utf8.h"

namespace threadecho::client {
namespace {

using config::in_quotes;
using std::chrono::hours;
using std::chrono::milliseconds;

constexpr std::uint64_t kMaxCount = 1'000'000'000;
constexpr std::size_t kMaxSize = std::size_t{64} * 1024 * 1024;
constexpr milliseconds kMaxInterval = hours(24);
constexpr milliseconds kMaxTimeout = hours(1);

const std::vector<Option>& options() {
  static const std::vector<Option> table = {
      {"--count", "N", "4", "messages to send; 0: until Ctrl-C"},
      {"--interval", "DURATION", "1s", "time from one message to the next; 0s: without a pause"},
      {"--size", "SIZE", "64", "bytes of a message, up to 64MiB"},
      {"--timeout", "DURATION", "5s", "for connecting to an address, and for each echo"},
      {"--half-close", "", "", "at the end: send a message and FIN; its echo and then FIN must come"},
      {"--json", "", "", "print one JSON object at the end, and nothing else"},
  };
  return table;
}

constexpr std::string_view kUsage = R"(Usage: threadecho probe HOST:PORT [--flag VALUE]...
       threadecho probe [IPv6]:PORT [--flag VALUE]...

Like ping, over a TCP echo server: sends messages one by one and checks every byte that comes back.
All addresses of a name are tried in order. A message that fails is lost, and the next one gets a
new connection; when the first connection cannot be had, that is the end. Ctrl-C ends it early, and
the summary comes nonetheless.

)";

constexpr std::string_view kEnd = R"(
Durations: 250ms, 30s, 1h30m. Sizes: 64KiB, 1MiB, or plain bytes.

Exit statuses; of several failures the first one counts:
  0      all was echoed
  1      failed for a reason of this machine, for example no more descriptors
  2      wrong usage
  10     connection refused
  11     timed out connecting
  12     timed out waiting for the echo (with --half-close, or for the server to close)
  13     reset by the server
  14     closed by the server before it had echoed all
  15     wrong bytes
  16     name not found
  17     unreachable
  128+n  ended by signal n before anything was echoed

JSON: target, settings (count, interval_seconds, size_bytes, timeout_seconds, half_close),
addresses, connects [{address, seconds, error?}], messages [{sequence, rtt_seconds} or {sequence,
failure}], sent, echoed, loss (0 to 1), rtt_seconds {min, median, p99, max} or null, half_close
{seconds} or {failure} or null, duration_seconds, signal or null, failure (the first one) or null,
status.
A failure: {kind, message, bytes? (echoed before), offset?, expected? (or null), got?}; its kinds:
refused, connect_timeout, echo_timeout, reset, closed_early, wrong_bytes, name_not_found,
unreachable, other.

Examples:
  threadecho probe localhost:9000
  threadecho probe [2001:db8::1]:9000 --count 0 --interval 200ms
  threadecho probe echo.example:7 --size 1MiB --half-close --json
)";

[[noreturn]] void complain_of_value(std::string_view flag, const std::string& value, const std::string& reason,
                                    std::string_view allowed) {
  throw UsageError(std::string(flag) + " " + in_quotes(value) + ": " + reason + "; allowed: " + std::string(allowed));
}

void read_count(const Arguments& arguments, ProbeOptions& result) {
  const auto given = arguments.values.find("--count");
  if (given == arguments.values.end()) {
    return;
  }
  const std::string& text = given->second;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), result.count);
  if (error != std::errc{} || end != text.data() + text.size() || result.count > kMaxCount) {
    complain_of_value("--count", text, "not a number in range", "0 to 1000000000");
  }
}

void read_duration(const Arguments& arguments, std::string_view flag, milliseconds low, milliseconds high,
                   milliseconds& result) {
  const auto given = arguments.values.find(flag);
  if (given == arguments.values.end()) {
    return;
  }
  const auto parsed = config::parse_duration(given->second);
  const std::string allowed = config::format_duration(low) + " to " + config::format_duration(high);
  if (!parsed.ok()) {
    complain_of_value(flag, given->second, parsed.reason(), allowed);
  }
  if (parsed.value() < low || parsed.value() > high) {
    complain_of_value(flag, given->second, "out of range", allowed);
  }
  result = parsed.value();
}

void read_size(const Arguments& arguments, ProbeOptions& result) {
  const auto given = arguments.values.find("--size");
  if (given == arguments.values.end()) {
    return;
  }
  const auto parsed = config::parse_size(given->second);
  if (!parsed.ok()) {
    complain_of_value("--size", given->second, parsed.reason(), "1 to 64MiB");
  }
  if (parsed.value() < 1 || parsed.value() > kMaxSize) {
    complain_of_value("--size", given->second, "out of range", "1 to 64MiB");
  }
  result.size = parsed.value();
}

}  // namespace

ProbeOptions parse_probe_arguments(int argc, const char* const* argv) {
  const Arguments arguments = parse_arguments(options(), argc, argv);
  ProbeOptions result;
  result.help = arguments.wants_help;
  if (result.help) {
    return result;
  }
  if (arguments.operands.size() != 1) {
    throw UsageError(arguments.operands.empty() ? "HOST:PORT is missing"
                                                : "unexpected argument " + in_quotes(arguments.operands[1]));
  }
  const auto target = parse_target(arguments.operands.front());
  if (!target.ok()) {
    throw UsageError(in_quotes(arguments.operands.front()) + " " + target.reason());
  }
  result.target = target.value();
  read_count(arguments, result);
  read_duration(arguments, "--interval", milliseconds(0), kMaxInterval, result.interval);
  read_duration(arguments, "--timeout", milliseconds(1), kMaxTimeout, result.timeout);
  read_size(arguments, result);
  result.half_close = arguments.has("--half-close");
  result.json = arguments.has("--json");
  if (result.half_close && result.count == 0) {
    throw UsageError("--half-close checks at the end, and --count 0 has none");
  }
  return result;
}

std::string probe_help() {
  std::string text(kUsage);
  return text.append(options_text(options())).append(kEnd);
}

}  // namespace threadecho::client
