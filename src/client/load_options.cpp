#include "client/load_options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cmath>
#include <sstream>
#include <stdexcept>
#include <thread>

#include "client/load_payload.h"
#include "client/load_target.h"
#include "config/durations.h"
#include "config/sizes.h"

namespace threadecho::client {
namespace {

constexpr int kUsageStatus = 2;
constexpr std::uint64_t kMostConnections = 1'000'000;
constexpr std::uint64_t kMostPipelined = 65'536;
constexpr std::uint64_t kMostThreads = 1024;
constexpr std::uint64_t kBiggestMessage = std::uint64_t{1} << 30U;
constexpr std::uint64_t kBulkMessage = std::uint64_t{64} * 1024;
constexpr double kHighestRate = 1e8;

/// Why the arguments are wrong: one clause.
class WrongArgument : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The values as texts; empty: not given.
struct Texts {
  std::string target, connections, size, pipeline, threads, rate, duration, warmup, timeout;
  std::vector<std::string> sources;
  bool bulk = false, churn = false, hold = false, help = false;
};

std::string in_single_quotes(const std::string& text) { return "'" + text + "'"; }

void read_count(std::string_view flag, const std::string& text, std::uint64_t most, std::uint32_t& value) {
  if (text.empty()) {
    return;
  }
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 1 || number > most) {
    throw WrongArgument(std::string(flag) + ": " + in_single_quotes(text) + " is not a whole number from 1 to " +
                        std::to_string(most));
  }
  value = static_cast<std::uint32_t>(number);
}

void read_duration(std::string_view flag, const std::string& text, bool zero_allowed,
                   std::chrono::milliseconds& value) {
  if (text.empty()) {
    return;
  }
  const auto parsed = config::parse_duration(text);
  if (!parsed.ok()) {
    throw WrongArgument(std::string(flag) + ": " + in_single_quotes(text) + " is " + parsed.reason());
  }
  if (parsed.value().count() == 0 && !zero_allowed) {
    throw WrongArgument(std::string(flag) + ": must be more than 0s");
  }
  // A week; and no sum of deadlines overflows.
  if (parsed.value() > std::chrono::hours(24 * 7)) {
    throw WrongArgument(std::string(flag) + ": " + in_single_quotes(text) + " is more than a week");
  }
  value = parsed.value();
}

void read_size(const std::string& text, std::uint64_t& value) {
  if (text.empty()) {
    return;
  }
  const auto parsed = config::parse_size(text);
  if (!parsed.ok()) {
    throw WrongArgument("--size: " + in_single_quotes(text) + " is " + parsed.reason());
  }
  if (parsed.value() < 1 || parsed.value() > kBiggestMessage) {
    throw WrongArgument("--size: " + in_single_quotes(text) + " is not between 1 and 1GiB");
  }
  value = parsed.value();
}

void read_rate(const std::string& text, LoadOptions& options) {
  if (text.empty()) {
    return;
  }
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), options.rate);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(options.rate) || options.rate <= 0 ||
      options.rate > kHighestRate) {
    throw WrongArgument("--rate: " + in_single_quotes(text) + " is not a number of messages a second above 0");
  }
}

void read_sources(const std::vector<std::string>& texts, LoadOptions& options) {
  for (const std::string& text : texts) {
    std::istringstream addresses(text);
    for (std::string address; std::getline(addresses, address, ',');) {
      const auto endpoint = net::Endpoint::parse(address, 0);
      if (!endpoint) {
        throw WrongArgument("--source: " + in_single_quotes(address) + " is not a numeric IPv4 or IPv6 address");
      }
      options.sources.push_back(*endpoint);
    }
  }
}

LoadMode mode_of(const Texts& texts) {
  const std::vector<std::pair<std::string_view, LoadMode>> given = [&] {
    std::vector<std::pair<std::string_view, LoadMode>> modes;
    if (!texts.rate.empty()) {
      modes.emplace_back("--rate", LoadMode::kOpen);
    }
    if (texts.bulk) {
      modes.emplace_back("--bulk", LoadMode::kBulk);
    }
    if (texts.churn) {
      modes.emplace_back("--churn", LoadMode::kChurn);
    }
    if (texts.hold) {
      modes.emplace_back("--hold", LoadMode::kHold);
    }
    return modes;
  }();
  if (given.size() > 1) {
    throw WrongArgument(std::string(given[0].first) + " and " + std::string(given[1].first) + " exclude each other");
  }
  if (!given.empty() && !texts.pipeline.empty()) {
    throw WrongArgument("--pipeline is for the closed loop, not for " + std::string(given[0].first));
  }
  return given.empty() ? LoadMode::kClosed : given[0].second;
}

LoadOptions read(const Texts& texts, LoadOptions options) {
  if (texts.target.empty()) {
    throw WrongArgument("HOST:PORT is missing");
  }
  options.target = texts.target;
  if (!split_target(options.target)) {
    throw WrongArgument(in_single_quotes(options.target) + " is not HOST:PORT with a port from 1 to 65535");
  }
  options.mode = mode_of(texts);
  if (options.mode == LoadMode::kBulk) {
    options.size = kBulkMessage;
  }
  if (options.mode == LoadMode::kHold) {
    options.warmup = std::chrono::milliseconds(0);
  }
  read_count("--connections", texts.connections, kMostConnections, options.connections);
  read_count("--pipeline", texts.pipeline, kMostPipelined, options.pipeline);
  options.threads = std::min(std::max(std::thread::hardware_concurrency(), 1U), options.connections);
  read_count("--threads", texts.threads, kMostThreads, options.threads);
  options.threads = std::min(options.threads, options.connections);
  read_size(texts.size, options.size);
  read_rate(texts.rate, options);
  read_duration("--duration", texts.duration, false, options.duration);
  read_duration("--warmup", texts.warmup, true, options.warmup);
  read_duration("--timeout", texts.timeout, false, options.timeout);
  read_sources(texts.sources, options);
  return options;
}

void declare(CLI::App& app, Texts& texts, LoadOptions& options) {
  app.set_help_flag();  // ours
  app.add_option("target", texts.target);
  app.add_option("--connections", texts.connections);
  app.add_option("--size", texts.size);
  app.add_option("--pipeline", texts.pipeline);
  app.add_option("--threads", texts.threads);
  app.add_option("--rate", texts.rate);
  app.add_option("--duration", texts.duration);
  app.add_option("--warmup", texts.warmup);
  app.add_option("--timeout", texts.timeout);
  app.add_option("--source", texts.sources)->allow_extra_args(false);
  app.add_option("--raw-samples", options.raw_samples);
  app.add_flag("--bulk", texts.bulk);
  app.add_flag("--churn", texts.churn);
  app.add_flag("--hold", texts.hold);
  app.add_flag("--reconnect", options.reconnect);
  app.add_flag("--json", options.json);
  app.add_flag("-h,--help", texts.help);
}

LoadUsage usage_error(const std::string& what) {
  return {"threadecho load: " + what.substr(0, what.find('\n')) + " (see threadecho load --help)\n", kUsageStatus};
}

}  // namespace

std::string_view name_of(LoadMode mode) {
  switch (mode) {
    case LoadMode::kClosed:
      return "closed";
    case LoadMode::kOpen:
      return "open";
    case LoadMode::kBulk:
      return "bulk";
    case LoadMode::kChurn:
      return "churn";
    case LoadMode::kHold:
      break;
  }
  return "hold";
}

ParsedLoad parse_load_arguments(int argc, const char* const* argv) {
  ParsedLoad parsed;
  CLI::App app;
  Texts texts;
  declare(app, texts, parsed.options);
  std::vector<std::string> arguments(argv, argv + argc);
  std::reverse(arguments.begin(), arguments.end());  // CLI11 takes them from the back
  try {
    app.parse(std::move(arguments));
    if (texts.help) {
      parsed.exit = LoadUsage{std::string(load_help_text()), 0};
    } else {
      parsed.options = read(texts, std::move(parsed.options));
    }
  } catch (const CLI::ParseError& error) {
    parsed.exit = usage_error(error.what());
  } catch (const WrongArgument& error) {
    parsed.exit = usage_error(error.what());
  }
  return parsed;
}

}  // namespace threadecho::client
