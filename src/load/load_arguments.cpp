#include "load/load_arguments.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <sstream>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "cli/value_kinds.h"
#include "client/arguments.h"
#include "load/load_help_text.h"
#include "text/as_number.h"
#include "text/escape.h"
#include "text/timestamps.h"

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
constexpr milliseconds kShortestInterval{100};

/// Flags that choose the mode, or whose default depends on it.
struct Given {
  std::optional<double> rate;
  bool bulk = false;
  bool churn = false;
  bool hold = false;
  std::optional<std::uint64_t> size;
  std::optional<std::uint32_t> pipeline;
  std::optional<std::uint32_t> threads;
  std::optional<milliseconds> warmup;
  std::optional<LoadClose> close;
};

cli::ValueKind<double> rate() {
  using Rate = text::Parsed<double>;
  const auto parse = [](std::string_view text) {
    const auto value = text::as_number<double>(text);
    if (!value || !std::isfinite(*value)) {
      return Rate::bad("not a number");
    }
    return *value > 0 && *value <= kHighestRate ? Rate::good(*value) : Rate::bad("out of range");
  };
  return {"messages a second, more than 0 and up to 100000000", parse, {}};
}

/// A moment that is still to come.
cli::ValueKind<text::WallTime> start_time() {
  using Time = text::Parsed<text::WallTime>;
  const auto parse = [](std::string_view text) {
    Time parsed = text::parse_timestamp(text);
    const text::WallTime now = std::chrono::system_clock::now();
    if (!parsed.ok()) {
      return parsed;
    }
    if (parsed.value() <= now) {
      return Time::bad("in the past: it is " + text::format_timestamp(now) + " now");
    }
    return parsed.value() - now <= kLongestTime ? parsed : Time::bad("more than a week ahead");
  };
  return {"a time to come, within a week, in RFC 3339", parse, &text::format_timestamp};
}

std::optional<std::string> take_sources(std::vector<net::Endpoint>& sources, std::string_view text) {
  const auto complain = [](const std::string& address, const char* what) {
    throw cli::UsageError("--source " + text::in_quotes(address) + ": " + what);
  };
  std::istringstream addresses{std::string(text)};
  for (std::string address; std::getline(addresses, address, ',');) {
    const auto source = net::Endpoint::parse(address, 0);
    if (!source) {
      complain(address, "not an address; allowed: numeric IPv4 or IPv6 addresses of this machine");
    }
    if (!sources.empty() && source->family() != sources.front().family()) {
      complain(address, "of another family than the one before; allowed: all IPv4, or all IPv6");
    }
    sources.push_back(*source);
  }
  return std::nullopt;
}

cli::Option with_heading(std::string heading, cli::Option option) {
  option.heading = std::move(heading);
  return option;
}

std::vector<cli::Option> options(LoadOptions& result, Given& given) {
  using cli::option;
  using cli::toggle;
  std::vector<cli::Option> rows = {
      with_heading("Another way to send",
                   option("--rate", "N", given.rate, rate(), "",
                          "open loop: N messages a second over all connections, sent on time even without echoes; "
                          "latency counts from when a message was due, so that no stall is hidden")),
      toggle("--bulk", given.bulk, "each connection sends as fast as the server takes it, and reads meanwhile"),
      toggle("--churn", given.churn, "connect, one echo, close, again; latency counts from the connect"),
      option("--close", "HOW", given.close,
             cli::choice<LoadClose>(
                 {{name_of(LoadClose::kFin), LoadClose::kFin}, {name_of(LoadClose::kReset), LoadClose::kReset}}),
             "fin",
             "how --churn closes: fin leaves each local port in TIME_WAIT for 60 s; reset frees it at once, and the "
             "server sees a reset"),
      toggle("--hold", given.hold, "echo once on each connection, leave it idle, and echo again at the end"),

      with_heading("How much of it", option("--connections", "N", result.connections,
                                            cli::number<std::uint32_t>(1, kMostConnections), "open connections")),
      option("--size", "SIZE", given.size, cli::size(1, kBiggestMessage), "64; with --bulk 64KiB",
             "bytes of a message, up to 1GiB; from 16 on, the kind of a wrong byte is known"),
      option("--pipeline", "N", given.pipeline, cli::number<std::uint32_t>(1, kMostPipelined), "1",
             "messages in flight on each connection, in the closed loop"),
      option("--threads", "N", given.threads, cli::number<std::uint32_t>(1, kMostThreads), "as many as cores",
             "client threads; never more than connections"),
      option("--ramp", "DURATION", result.ramp, cli::duration(milliseconds(0), kLongestTime),
             "before the warm-up, open the connections evenly over this time, or with --rate raise the rate to N"),
      option("--duration", "DURATION", result.duration, cli::duration(kShortestTime, kLongestTime),
             "how long to measure"),
      option("--warmup", "DURATION", given.warmup, cli::duration(milliseconds(0), kLongestTime), "1s; with --hold 0s",
             "run this long before measuring; only failures count"),
      option("--timeout", "DURATION", result.timeout, cli::duration(kShortestTime, kLongestTime),
             "how long a connect or an echo may take before it counts as lost"),
      option("--start-at", "TIME", result.start_at, start_time(), "",
             "look the name up, then wait until then before the first connect, so that runs on several machines begin "
             "together: 2026-11-27T14:30:00Z"),

      with_heading("Connections", toggle("--reconnect", result.reconnect,
                                         "connect again when a connection is lost, and say how long that took")),
      {.flag = "--source",
       .value = "ADDRESS",
       .meaning = "local address to connect from; repeat it or use commas for several, which take turns: each has "
                  "about 28,000 ports",
       .take = [&result](std::string_view text) { return take_sources(result.sources, text); },
       .may_repeat = true},

      with_heading("Output",
                   toggle("--json", result.json,
                          "print the result as one line of JSON; progress goes to standard error either way")),
      option("--report-interval", "DURATION", result.report_interval, cli::duration(kShortestInterval, kLongestTime),
             "1s",
             "how often to print the progress; with --json it also goes to standard output, one JSON object a line"),
      toggle("--quiet", result.quiet, "print nothing but the result"),
      toggle("--timestamps", result.timestamps,
             "print the time, in UTC, before each line of progress and with each lost connection"),
      option("--raw-samples", "FILE", result.raw_samples, cli::path(), "",
             "write every measured latency to a file during the run, in nanoseconds, one a line"),
  };
  std::vector<cli::Option> to_connect = client::rows_of(result.connect);
  to_connect.front().heading = "Reaching the target";
  to_connect.push_back(client::row_of(result.proxy_protocol));
  rows.insert(rows.end(), to_connect.begin(), to_connect.end());
  return rows;
}

LoadMode mode_of(const Given& given) {
  struct ModeFlag {
    bool is_given;
    std::string_view flag;
    LoadMode mode;
  };
  const std::array<ModeFlag, 4> flags = {{{given.rate.has_value(), "--rate", LoadMode::kOpen},
                                          {given.bulk, "--bulk", LoadMode::kBulk},
                                          {given.churn, "--churn", LoadMode::kChurn},
                                          {given.hold, "--hold", LoadMode::kHold}}};
  const auto* const chosen = std::ranges::find(flags, true, &ModeFlag::is_given);
  if (chosen == flags.end()) {
    return LoadMode::kClosed;
  }
  const auto* const other = std::ranges::find(chosen + 1, flags.end(), true, &ModeFlag::is_given);
  if (other != flags.end()) {
    throw cli::UsageError(std::string(chosen->flag) + " and " + std::string(other->flag) + " cannot be used together");
  }
  if (given.pipeline) {
    throw cli::UsageError("--pipeline is for the closed loop, not for " + std::string(chosen->flag));
  }
  return chosen->mode;
}

}  // namespace

LoadOptions parse_load_arguments(int argc, const char* const* argv) {
  LoadOptions result;
  Given given;
  const cli::Arguments arguments = cli::parse(options(result, given), argc, argv);
  result.help = arguments.wants_help;
  if (result.help) {
    return result;
  }
  result.target = client::target_of(arguments.operands, result.connect);
  if (!result.sources.empty() && result.target.family != AF_UNSPEC &&
      result.target.family != result.sources.front().family()) {
    throw cli::UsageError("--source and " + std::string(result.connect.only_ipv4 ? "-4" : "-6") +
                          " cannot be used together");
  }
  const auto numeric = net::Endpoint::parse(result.target.host, result.target.port);
  if (!result.sources.empty() && numeric && numeric->family() != result.sources.front().family()) {
    throw cli::UsageError("--source " + text::in_quotes(result.sources.front().host()) + " and " +
                          text::in_quotes(arguments.operands.front()) + " are of different families");
  }
  result.mode = mode_of(given);
  if (given.close && result.mode != LoadMode::kChurn) {
    throw cli::UsageError("--close is for --churn");
  }
  result.close = given.close.value_or(result.close);
  result.rate = given.rate.value_or(0);
  result.size = given.size.value_or(result.mode == LoadMode::kBulk ? kBulkMessage : result.size);
  result.warmup = given.warmup.value_or(result.mode == LoadMode::kHold ? milliseconds(0) : result.warmup);
  result.pipeline = given.pipeline.value_or(result.pipeline);
  const std::uint32_t cores = std::max(std::thread::hardware_concurrency(), 1U);
  result.threads = std::min(given.threads.value_or(cores), result.connections);
  return result;
}

cli::Manual load_manual() {
  LoadOptions defaults;
  Given given;
  return {.before = std::string(kLoadUsage),
          .options = cli::for_manual(options(defaults, given)),
          .after = std::string(kLoadHelpEnd)};
}

}  // namespace threadecho::load
