#include "probe/probe_arguments.h"

#include <map>
#include <string_view>
#include <vector>

#include "cli/exit_status.h"
#include "client/argument_values.h"
#include "client/arguments.h"
#include "client/failure.h"

namespace threadecho::probe {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

constexpr std::uint64_t kMaxCount = 1'000'000'000;
constexpr std::size_t kMaxSize = std::size_t{64} * 1024 * 1024;

const std::vector<client::Option>& options() {
  static const std::vector<client::Option> table = {
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

constexpr std::string_view kUnits = R"(
Durations: 250ms, 30s, 1h30m. Sizes: 64KiB, 1MiB, or plain bytes.

Exit statuses; of several failures the first one counts:
)";

constexpr std::string_view kEnd = R"(  128+n  ended by signal n before anything was echoed

JSON: target, settings (count, interval_seconds, size_bytes, timeout_seconds, half_close),
addresses, connects [{address, seconds, error?}], connects_not_listed, messages [{sequence,
rtt_seconds} or {sequence, failure}], messages_not_listed, sent, echoed, loss (0 to 1), rtt_seconds
{min, median, p99, max} or null, half_close {seconds} or {failure} or null, duration_seconds, signal
or null, failure (the first one) or null, status.
However long it runs, its memory stays bounded: the first 10,000 connects, the first 10,000 echoed
and the first 10,000 lost messages are listed, and all are counted. Beyond 10,000 echoes, the median
and p99 come from a histogram, within 0.4 %.
A failure: {kind, message, bytes? (echoed before), offset?, expected? (or null), got?}; its kinds:
refused, connect_timeout, echo_timeout, reset, closed_early, wrong_bytes, name_not_found,
unreachable, other.

Examples:
  threadecho probe localhost:9000
  threadecho probe [2001:db8::1]:9000 --count 0 --interval 200ms
  threadecho probe echo.example:7 --size 1MiB --half-close --json
)";

std::string statuses_text() {
  std::map<int, std::string_view> meanings = {{cli::kDone, "all was echoed"}, {cli::kWrongUsage, "wrong usage"}};
  for (const client::FailureWords& words : client::kFailureKinds) {
    meanings.emplace(words.exit_status, words.meaning);
  }
  std::string text;
  for (const auto& [status, meaning] : meanings) {
    std::string line = "  " + std::to_string(status);
    line.resize(9, ' ');
    text.append(line).append(meaning).append("\n");
  }
  return text;
}

}  // namespace

ProbeOptions parse_probe_arguments(int argc, const char* const* argv) {
  const client::Arguments arguments = client::parse_arguments(options(), argc, argv);
  ProbeOptions result;
  result.help = arguments.wants_help;
  if (result.help) {
    return result;
  }
  result.target = client::target_of(arguments);
  result.count = client::number_of(arguments, "--count", {.least = 0, .most = kMaxCount}, result.count);
  result.interval =
      client::duration_of(arguments, "--interval", {.least = milliseconds(0), .most = hours(24)}, result.interval);
  result.timeout =
      client::duration_of(arguments, "--timeout", {.least = milliseconds(1), .most = hours(1)}, result.timeout);
  result.size = client::size_of(arguments, "--size", {.least = 1, .most = kMaxSize}, result.size);
  result.half_close = arguments.has("--half-close");
  result.json = arguments.has("--json");
  if (result.half_close && result.count == 0) {
    throw client::UsageError("--half-close checks at the end, and --count 0 has none");
  }
  return result;
}

std::string probe_help() {
  std::string text(kUsage);
  return text.append(client::options_text(options())).append(kUnits).append(statuses_text()).append(kEnd);
}

}  // namespace threadecho::probe
