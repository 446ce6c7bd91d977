#include "watch/watch_arguments.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <utility>

#include "cli/spelling.h"
#include "cli/value_kinds.h"
#include "config/setting_kinds.h"
#include "config/settings_error.h"
#include "watch/watch_help_text.h"

namespace threadecho::watch {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::uint64_t kBiggestMessage = std::uint64_t{1024} * 1024;
constexpr std::uint64_t kMaxPort = 65535;
constexpr hours kDay{24};
constexpr std::string_view kTargetsVariable = "WATCH_TARGETS";

std::vector<cli::Option> rows_of_work(WatchOptions& options) {
  using cli::option;
  return {
      option("--targets-file", "FILE", options.targets_file, cli::path(), "none",
             "more targets, one or more a line, # begins a comment; SIGHUP reads it again"),
      option("--interval", "DURATION", options.interval, cli::duration(milliseconds(10), kDay),
             "time between two messages on the lasting connection of a path"),
      option("--timeout", "DURATION", options.timeout, cli::duration(milliseconds(1), hours(1)),
             "for connecting, and for each echo"),
      option("--size", "SIZE", options.size, cli::size(1, kBiggestMessage), "size of a message"),
      option("--resolve-every", "DURATION", options.resolve_every, cli::duration(milliseconds(100), kDay),
             "look names up again after this long, and sooner when a connection is lost"),
      option("--connect-every", "DURATION", options.connect_every, cli::duration_or_off(milliseconds(10), kDay),
             "open a fresh connection beside the lasting one after this long; 0s = never"),
      option("--idle", "DURATION", options.idle, cli::duration_or_off(milliseconds(100), 30 * kDay),
             "keep one more connection that stays silent for this long between two messages; 0s = none"),
  };
}

std::vector<cli::Option> rows_of_output(WatchOptions& options) {
  using cli::option;
  return {
      option("--http-port", "PORT", options.http_port, cli::number<std::uint16_t>(0, kMaxPort),
             "port of metrics, health and the page; 0 takes any free one, which the log names"),
      option("--http-bind-address", "ADDRESS", options.http_bind_address, config::address(),
             "address at which that port listens"),
      option("--http-allowed-hosts", "NAMES", options.http_allowed_hosts, config::host_names(), "any",
             "hosts that HTTP requests may be for, against DNS rebinding; others get 421"),
      option("--version-port", "PORT", options.version_port, cli::number<std::uint16_t>(0, kMaxPort),
             "port at which each address is asked GET /version for its pod and node; 0 = do not ask"),
      cli::toggle("--aggregate", options.aggregate,
                  "metrics without the labels address and node: sums over the addresses of a target, for large meshes"),
      cli::toggle("--dry-run", options.dry_run, "look the names up, print which paths would be watched, and end"),
      option("--log-level", "LEVEL", options.log_level, config::log_level(), "least level to log"),
      option("--log-format", "FORMAT", options.log_format, config::log_format(),
             "text, or json with one object a line"),
  };
}

/// Where the value of a row comes from.
struct Given {
  std::string text;
  std::string origin;
};

/// Rows that only keep what the command line has.
std::vector<cli::Option> keeping_rows(const std::vector<cli::Option>& rows, std::map<std::string, Given>& given) {
  std::vector<cli::Option> result = rows;
  for (cli::Option& row : result) {
    row.take = [&given, flag = row.flag](std::string_view text) -> std::optional<std::string> {
      given[flag] = {std::string(text), "flag " + flag};
      return std::nullopt;
    };
  }
  return result;
}

void add_environment(const std::vector<cli::Option>& rows, const host::Environment& environment,
                     std::map<std::string, Given>& given) {
  for (const cli::Option& row : rows) {
    const auto variable = environment.find(variable_of(row.flag));
    if (variable != environment.end() && !variable->second.empty()) {
      given.try_emplace(row.flag, Given{variable->second, "environment"});
    }
  }
}

/// Returns why the text cannot be the row's value. A switch is "on" or "off" in the environment.
std::optional<std::string> take(const cli::Option& row, const std::string& text) {
  if (!row.value.empty() || text.empty()) {
    return row.take(text);
  }
  const auto is_on = cli::choice<bool>({{"off", false}, {"on", true}}).parse(text);
  if (!is_on.ok()) {
    return is_on.reason();
  }
  return is_on.value() ? row.take({}) : std::nullopt;
}

void add_targets(WatchOptions& options, const std::vector<std::string>& operands, const host::Environment& environment,
                 std::vector<config::Problem>& problems) {
  TargetList list;
  for (const std::string& operand : operands) {
    list.add(operand, "argument", options.connect);
  }
  const auto variable = environment.find(kTargetsVariable);
  if (operands.empty() && variable != environment.end()) {
    list.add_all(variable->second, std::string(kTargetsVariable), options.connect);
  }
  options.targets = list.targets;
  if (!options.targets_file.empty()) {
    list.add_file(options.targets_file, options.connect);
  } else if (list.targets.empty() && list.problems.empty()) {
    list.problems.push_back({.name = {},
                             .value = {},
                             .origin = "TARGET is missing",
                             .reason = "give HOST:PORT, WATCH_TARGETS or --targets-file",
                             .allowed = {}});
  }
  problems.insert(problems.end(), list.problems.begin(), list.problems.end());
}

std::vector<config::Warning> warnings(const std::vector<cli::Option>& rows, const host::Environment& environment) {
  std::vector<std::string> variables = {std::string(kTargetsVariable)};
  std::ranges::transform(rows, std::back_inserter(variables), [](const auto& row) { return variable_of(row.flag); });
  const std::vector<std::string_view> names(variables.begin(), variables.end());
  std::vector<config::Warning> result;
  for (const auto& [name, value] : environment) {
    const std::string_view meant = cli::likely_variable(name, names);
    if (!meant.empty()) {
      result.push_back({name, "environment", "not a setting; did you mean " + std::string(meant) + "?"});
    }
  }
  return result;
}

}  // namespace

std::vector<cli::Option> option_rows(WatchOptions& options) {
  std::vector<cli::Option> rows = rows_of_work(options);
  for (auto part : {client::family_rows_of(options.connect), rows_of_output(options)}) {
    std::ranges::move(part, std::back_inserter(rows));
  }
  for (cli::Option& row : rows) {
    row.variable = variable_of(row.flag);
    if (row.value.empty()) {
      row.default_text = "off";
      row.allowed = "on, off";
    }
  }
  return rows;
}

std::string variable_of(std::string_view flag) {
  if (flag == "-4" || flag == "-6") {
    return "WATCH_IPV" + std::string(flag.substr(1)) + "_ONLY";
  }
  std::string name = "WATCH_";
  for (const char c : flag.substr(2)) {
    name += c == '-' ? '_' : static_cast<char>(c - 'a' + 'A');
  }
  return name;
}

WatchArguments parse_watch_arguments(int argc, const char* const* argv, const host::Environment& environment) {
  WatchArguments result;
  WatchOptions& options = result.options;
  const std::vector<cli::Option> rows = option_rows(options);
  std::map<std::string, Given> given;
  const cli::Arguments arguments = cli::parse(keeping_rows(rows, given), argc, argv);
  options.help = arguments.wants_help;
  if (options.help) {
    return result;
  }
  add_environment(rows, environment, given);
  std::vector<config::Problem> problems;
  for (const cli::Option& row : rows) {
    const auto found = given.find(row.flag);
    if (found == given.end()) {
      continue;
    }
    if (auto reason = take(row, found->second.text)) {
      problems.push_back(
          {variable_of(row.flag), found->second.text, found->second.origin, std::move(*reason), row.allowed});
    }
  }
  if (options.connect.only_ipv4 && options.connect.only_ipv6) {
    problems.push_back(
        {.name = {}, .value = {}, .origin = "-4 and -6", .reason = "they exclude each other", .allowed = {}});
    options.connect = {};
  }
  add_targets(options, arguments.operands, environment, problems);
  if (!problems.empty()) {
    throw config::SettingsError(std::move(problems), options.log_format);
  }
  result.warnings = warnings(rows, environment);
  return result;
}

TargetList read_targets(const WatchOptions& options) {
  TargetList list(options.targets);
  if (!options.targets_file.empty()) {
    list.add_file(options.targets_file, options.connect);
  }
  return list;
}

cli::Manual watch_manual() {
  WatchOptions defaults;
  return {.before = std::string(kUsage), .options = cli::for_manual(option_rows(defaults)), .after = std::string(kEnd)};
}

}  // namespace threadecho::watch
