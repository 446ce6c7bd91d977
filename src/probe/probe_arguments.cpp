#include "probe/probe_arguments.h"

#include <map>
#include <string_view>
#include <vector>

#include "cli/exit_status.h"
#include "cli/value_kinds.h"
#include "client/arguments.h"
#include "client/failure.h"

namespace threadecho::probe {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

constexpr std::uint64_t kMaxCount = 1'000'000'000;
constexpr std::int64_t kMostWaiting = 100'000;
constexpr std::size_t kMaxSize = std::size_t{64} * 1024 * 1024;

std::vector<cli::Option> options(ProbeOptions& result) {
  using cli::option;
  std::vector<cli::Option> rows = {
      option("--count", "N", result.count, cli::number<std::uint64_t>(0, kMaxCount),
             "messages to send; 0: until Ctrl-C"),
      option("--interval", "DURATION", result.interval, cli::duration(milliseconds(0), hours(24)),
             "time from one message to the next; 0s: without a pause"),
      option("--size", "SIZE", result.size, cli::size(1, kMaxSize), "bytes of a message, up to 64MiB"),
      option("--timeout", "DURATION", result.timeout, cli::duration(milliseconds(1), hours(1)),
             "for connecting to an address, and for each echo"),
      cli::toggle("--half-close", result.half_close,
                  "at the end: send a message and FIN; its echo and then FIN must come"),
      client::row_of(result.proxy_protocol),
      cli::toggle("--json", result.json, "print one JSON object at the end, and nothing else"),
      cli::toggle("--quiet", result.quiet, "print only the summary at the end"),
      cli::toggle("--timestamps", result.timestamps, "begin each line with the time: RFC 3339, UTC, milliseconds"),
  };
  const std::vector<cli::Option> to_connect = client::rows_of(result.connect);
  rows.insert(rows.end(), to_connect.begin(), to_connect.end());
  return rows;
}

constexpr std::string_view kUsage = R"(Usage: threadecho probe [tcp://]HOST:PORT [--flag VALUE]...
       threadecho probe [tcp://][IPv6]:PORT [--flag VALUE]...

Like ping, over a TCP echo server. It sends a message at each interval, even if earlier ones are
still unanswered, and checks every byte that comes back.

It tries all addresses of a name, each with a head start of 250 ms over the next one (RFC 8305). When a
message fails, it is lost, together with those in flight behind it on the connection. Then the probe
looks the name up again and reconnects, first to the address that worked last. If the look-up fails, it
tries the addresses that it knows. Messages that are due meanwhile are sent once the connection is
open, and their time counts from when they were due. While a server is down, connects pause for up to
500 ms. If the first connection fails, the probe ends. With --wait it waits for a target that is not up
yet, as an init container does, and tries again after 50 ms to 1 s. Ctrl-C ends it early; it still
prints the summary.

)";

constexpr std::string_view kUnits = R"(
Durations: 250ms, 30s, 5min, 1h30m. Sizes: 64KiB (or 64k, 64KB), 1MiB, or plain bytes.

Exit statuses; of several failures the first one counts:
)";

constexpr std::string_view kEnd = R"(  128+n  ended by signal n before anything was echoed

JSON: type ("result"), target, started_at, error (the first one) or null, status, signal or null,
settings (count, interval_seconds, size_bytes, timeout_seconds, wait_seconds, half_close,
proxy_protocol or null), duration_seconds, sent (without the message of --half-close), echoed,
unanswered (in flight at a signal), loss (0 to 1), errors (how many messages each kind lost), latency
{count, sum_seconds, min_seconds, mean_seconds, p10_seconds to p99_99_seconds, max_seconds,
histogram [[from_seconds, count]]} or null, half_close {duration_seconds} or {error} or null,
addresses, connects [{time, address, local_address, duration_seconds, error?}],
connects_not_listed, look_ups_failed [{message, count}], local_stalls (times in which this host did
not run the probe) {count, total_seconds, longest_seconds}, messages [{time, sequence, local_address,
rtt_seconds} or {time, sequence, local_address, error}], messages_not_listed. Times are RFC 3339.
If nothing could be run: type ("error"), error.

Its memory stays bounded in long runs: it lists the first 10,000 connects, the first 10,000 echoed and
the first 10,000 lost messages, and counts all. Percentiles are within 0.4 %. One that needs more
messages than there are (p99 needs 100, p99.9 needs 1,000) is "-", in JSON null.

An error: {kind, message, bytes? (echoed before), and of a wrong byte offset, expected (or null), got}. Kinds of
errors, of which load distinguishes more than probe:
)";

constexpr std::string_view kExamples = R"(
Examples:
  threadecho probe localhost:9000
  threadecho probe [2001:db8::1]:9000 --count 0 --interval 200ms
  threadecho probe echo.example:7 --size 1MiB --half-close --json
)";

std::string kinds_text() {
  std::string text;
  for (const client::FailureWords& words : client::kFailureKinds) {
    text.append(text.empty() ? "" : ", ").append(words.name);
  }
  return text + ".\n";
}

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
  ProbeOptions result;
  const cli::Arguments arguments = cli::parse(options(result), argc, argv);
  result.help = arguments.wants_help;
  if (result.help) {
    return result;
  }
  result.target = client::target_of(arguments.operands, result.connect);
  if (result.interval.count() > 0 && result.timeout / result.interval > kMostWaiting) {
    throw cli::UsageError("--timeout is more than " + std::to_string(kMostWaiting) +
                          " times --interval: too many messages could wait at once");
  }
  if (result.half_close && result.count == 0) {
    throw cli::UsageError("--half-close checks at the end, but --count 0 has no end");
  }
  return result;
}

cli::Manual probe_manual() {
  ProbeOptions defaults;
  std::string after(kUnits);
  after.append(statuses_text()).append(kEnd).append(kinds_text()).append(kExamples);
  return {.before = std::string(kUsage), .options = cli::for_manual(options(defaults)), .after = after};
}

}  // namespace threadecho::probe
