#include "load/load_arguments.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <sstream>
#include <string_view>
#include <system_error>
#include <thread>
#include <vector>

#include "client/argument_values.h"
#include "client/arguments.h"

namespace threadecho::load {
namespace {

using std::chrono::milliseconds;

constexpr std::uint32_t kMostConnections = 1'000'000;
constexpr std::uint32_t kMostPipelined = 65'536;
constexpr std::uint32_t kMostThreads = 1024;
constexpr std::uint64_t kBiggestMessage = std::uint64_t{1} << 30U;
constexpr std::uint64_t kBulkMessage = std::uint64_t{64} * 1024;
constexpr double kHighestRate = 1e8;
constexpr milliseconds kShortestTime{1};
constexpr milliseconds kLongestTime = std::chrono::hours(24 * 7);

const std::vector<client::Option>& options() {
  static const std::vector<client::Option> table = {
      {"--rate", "N", "",
       "open loop: N messages a second over all connections, on time whatever comes back; latency counts from when a "
       "message was due, so that no stall is hidden",
       "Another way to send"},
      {"--bulk", "", "", "each connection sends as fast as the server takes it, and reads meanwhile"},
      {"--churn", "", "", "connect, one echo, close, again; latency counts from the connect"},
      {"--hold", "", "", "one echo each, then the connections stay idle; at the end each must echo again"},

      {"--connections", "N", "1", "open connections", "How much of it"},
      {"--size", "SIZE", "64; with --bulk 64KiB",
       "bytes of a message, up to 1GiB; from 16 on, wrong bytes can be told apart by where they came from"},
      {"--pipeline", "N", "1", "messages that a connection has under way at once, in the closed loop"},
      {"--threads", "N", "as many as cores", "client threads; never more than connections"},
      {"--duration", "DURATION", "10s", "how long to measure"},
      {"--warmup", "DURATION", "1s; with --hold 0s", "before that, not measured; failures count all the same"},
      {"--timeout", "DURATION", "5s", "how long a connect or an echo may take before it counts as lost"},

      {"--reconnect", "", "", "connect again when a connection is lost, and say how long that took", "Connections"},
      {"--source", "ADDRESS", "",
       "local address to connect from; several, repeated or with commas, take turns: one has about 28,000 ports", "",
       true},

      {"--json", "", "", "print the result as one JSON object; progress goes to standard error either way", "Output"},
      {"--raw-samples", "FILE", "",
       "write every measured latency to a file as the run goes on, in nanoseconds, one a line"},
  };
  return table;
}

constexpr std::string_view kUsage = R"(Usage: threadecho load HOST:PORT [--flag VALUE]...
       threadecho load [IPv6]:PORT [--flag VALUE]...

Puts load on a TCP echo server, verifies every byte that comes back, and says how fast and how exact
the server was. Without a flag for another way it is a closed loop: each connection sends its next
message when one has come back. All load goes to the first address of a name that can be connected
to. Ctrl-C ends a run early and still prints its result; a second one ends it at once.

)";

constexpr std::string_view kEnd = R"(
Durations: 250ms, 30s, 1h30m, up to a week. Sizes: 64KiB, 1MiB, or plain bytes.

Exit statuses:
  0      every connection stood, every byte was right
  1      a connection was refused or lost, a byte was wrong, or the name was not found
  2      wrong usage
  128+n  ended by a second signal n, or by one while it looked for an address to connect to

JSON: target, address, settings, machine (kernel, architecture, cores, congestion_control), clean,
ended_early, measured_seconds, messages, messages_per_second, bytes_per_second, missed_messages,
connections_opened, connections_proved, latency_nanoseconds and connect_nanoseconds {count, min,
mean, p10 to p99.99, max} or null, errors_total, errors (a count for each kind), recovered,
incidents [{at_seconds, connection, error, detail, failed_attempts, recovered_after_seconds}].

Examples:
  threadecho load localhost:9000 --connections 64 --duration 30s
  threadecho load echo.example:9000 --rate 1000 --connections 10 --reconnect --duration 5m
  threadecho load 127.0.0.1:9000 --hold --connections 50000 --source 127.0.0.2,127.0.0.3
)";

double rate_of(const client::Arguments& arguments) {
  const std::string* const text = client::text_of(arguments, "--rate");
  if (text == nullptr) {
    return 0;
  }
  double rate = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), rate);
  if (error != std::errc{} || end != text->data() + text->size() || !std::isfinite(rate)) {
    client::complain_of_value("--rate", *text, "not a number", "messages a second, more than 0 and up to 100000000");
  }
  if (rate <= 0 || rate > kHighestRate) {
    client::complain_of_value("--rate", *text, "out of range", "messages a second, more than 0 and up to 100000000");
  }
  return rate;
}

std::vector<net::Endpoint> sources_of(const client::Arguments& arguments) {
  std::vector<net::Endpoint> sources;
  const auto given = arguments.values.find("--source");
  if (given == arguments.values.end()) {
    return sources;
  }
  for (const std::string& text : given->second) {
    std::istringstream addresses(text);
    for (std::string address; std::getline(addresses, address, ',');) {
      const auto source = net::Endpoint::parse(address, 0);
      if (!source) {
        client::complain_of_value("--source", address, "not an address",
                                  "numeric IPv4 or IPv6 addresses of this machine");
      }
      if (!sources.empty() && source->family() != sources.front().family()) {
        client::complain_of_value("--source", address, "of another family than the one before",
                                  "all IPv4, or all IPv6");
      }
      sources.push_back(*source);
    }
  }
  return sources;
}

LoadMode mode_of(const client::Arguments& arguments) {
  struct ModeFlag {
    std::string_view flag;
    LoadMode mode;
  };
  constexpr std::array<ModeFlag, 4> kFlags = {{{"--rate", LoadMode::kOpen},
                                               {"--bulk", LoadMode::kBulk},
                                               {"--churn", LoadMode::kChurn},
                                               {"--hold", LoadMode::kHold}}};
  const ModeFlag* chosen = nullptr;
  for (const ModeFlag& candidate : kFlags) {
    if (!arguments.has(candidate.flag)) {
      continue;
    }
    if (chosen != nullptr) {
      throw client::UsageError(std::string(chosen->flag) + " and " + std::string(candidate.flag) +
                               " exclude each other");
    }
    chosen = &candidate;
  }
  if (chosen != nullptr && arguments.has("--pipeline")) {
    throw client::UsageError("--pipeline is for the closed loop, not for " + std::string(chosen->flag));
  }
  return chosen == nullptr ? LoadMode::kClosed : chosen->mode;
}

}  // namespace

LoadOptions parse_load_arguments(int argc, const char* const* argv) {
  const client::Arguments arguments = client::parse_arguments(options(), argc, argv);
  LoadOptions result;
  result.help = arguments.wants_help;
  if (result.help) {
    return result;
  }
  result.target = client::target_of(arguments);
  result.mode = mode_of(arguments);
  if (result.mode == LoadMode::kBulk) {
    result.size = kBulkMessage;
  }
  if (result.mode == LoadMode::kHold) {
    result.warmup = milliseconds(0);
  }
  result.connections =
      client::number_of(arguments, "--connections", {.least = 1, .most = kMostConnections}, result.connections);
  result.size = client::size_of(arguments, "--size", {.least = 1, .most = kBiggestMessage}, result.size);
  result.pipeline = client::number_of(arguments, "--pipeline", {.least = 1, .most = kMostPipelined}, result.pipeline);
  const std::uint32_t cores = std::max(std::thread::hardware_concurrency(), 1U);
  result.threads = std::min(client::number_of(arguments, "--threads", {.least = 1, .most = kMostThreads}, cores),
                            result.connections);
  result.rate = rate_of(arguments);
  result.duration =
      client::duration_of(arguments, "--duration", {.least = kShortestTime, .most = kLongestTime}, result.duration);
  result.warmup =
      client::duration_of(arguments, "--warmup", {.least = milliseconds(0), .most = kLongestTime}, result.warmup);
  result.timeout =
      client::duration_of(arguments, "--timeout", {.least = kShortestTime, .most = kLongestTime}, result.timeout);
  result.reconnect = arguments.has("--reconnect");
  result.sources = sources_of(arguments);
  result.json = arguments.has("--json");
  if (const std::string* const file = client::text_of(arguments, "--raw-samples")) {
    result.raw_samples = *file;
  }
  return result;
}

std::string load_help() {
  std::string text(kUsage);
  return text.append(client::options_text(options())).append(kEnd);
}

}  // namespace threadecho::load
