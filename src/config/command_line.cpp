#include "config/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <vector>

#include "cli/commands.h"
#include "cli/exit_status.h"
#include "config/help_text.h"
#include "config/settings_table.h"
#include "config/spelling.h"
#include "text/escape.h"

namespace threadecho::config {
namespace {

constexpr std::string_view kServe = "serve";

// By the variable's name.
using Options = std::map<std::string_view, const CLI::Option*>;

EarlyExit usage_error(const std::string& what) {
  return {"threadecho: " + what + " (see threadecho --help)\n", cli::kWrongUsage};
}

// The flag that was probably meant: few typing errors away, or one that begins so. Empty when there is none.
std::string closest_flag(const std::string& unknown) {
  constexpr std::size_t kMaxTypos = 2;
  std::vector<std::string> flags{"--help", "--version"};
  for (const SettingRow& row : settings_table()) {
    flags.push_back(flag_of(row.name));
  }
  const auto distance = [&](const std::string& flag) { return edit_distance(unknown, flag); };
  const auto nearest = std::min_element(flags.begin(), flags.end(),
                                        [&](const auto& a, const auto& b) { return distance(a) < distance(b); });
  if (distance(*nearest) <= kMaxTypos) {
    return *nearest;
  }
  const auto longer = std::find_if(flags.begin(), flags.end(), [&](const std::string& flag) {
    return unknown.size() > 3 && flag.starts_with(unknown);
  });
  return longer == flags.end() ? std::string{} : *longer;
}

EarlyExit unexpected(const std::string& argument, bool has_command) {
  if (argument.starts_with("-")) {
    const std::string flag = argument.substr(0, argument.find('='));
    const std::string meant = closest_flag(flag);
    return usage_error("unknown flag " + text::in_quotes(flag) +
                       (meant.empty() ? "" : "; did you mean " + meant + "?"));
  }
  if (has_command) {
    return usage_error("unexpected argument " + text::in_quotes(argument) + "; " + std::string(kServe) +
                       " takes only flags");
  }
  const auto& commands = cli::command_summaries();
  const auto is_named = [&](const cli::CommandSummary& command) { return command.name == argument; };
  if (std::any_of(commands.begin(), commands.end(), is_named)) {
    return usage_error("the command " + argument + " must come first, before all flags");
  }
  return usage_error("unknown command " + text::in_quotes(argument) + "; commands: " + cli::command_names());
}

EarlyExit missing_value(const SettingRow& row) {
  return usage_error(flag_of(row.name) + " needs a value; allowed: " + row.kind.allowed);
}

// CLI11 takes `--port= x` for `--port x`, which would make an empty shell variable swallow the next argument.
const SettingRow* find_empty_value(int argc, const char* const* argv) {
  for (const SettingRow& row : settings_table()) {
    const std::string wanted = flag_of(row.name) + "=";
    for (int i = 1; i < argc; ++i) {
      if (argv[i] == wanted) {
        return &row;
      }
    }
  }
  return nullptr;
}

std::optional<EarlyExit> take_flags(const Options& options, CommandLine& line) {
  for (const SettingRow& row : settings_table()) {
    const std::vector<std::string>& values = options.at(row.name)->results();
    if (values.empty()) {
      continue;
    }
    // No setting has a value that begins so: it is the next flag.
    const auto is_flag = [](const std::string& value) { return value.empty() || value.starts_with("--"); };
    if (std::any_of(values.begin(), values.end(), is_flag)) {
      return missing_value(row);
    }
    if (values.size() > 1) {
      return usage_error(flag_of(row.name) + " is given more than once: " + text::in_quotes(values[0]) + " and " +
                         text::in_quotes(values[1]));
    }
    line.flags.emplace(row.name, values.front());
  }
  return std::nullopt;
}

// The one flag that CLI11 itself complains of is the last one, when its value is missing.
EarlyExit at_end_of_line(int argc, const char* const* argv, const CLI::ParseError& error) {
  const auto& table = settings_table();
  const auto row = std::find_if(table.begin(), table.end(), [&](const SettingRow& candidate) {
    return argc > 1 && argv[argc - 1] == flag_of(candidate.name);
  });
  return row == table.end() ? usage_error(error.what()) : missing_value(*row);
}

}  // namespace

CommandLine parse_command_line(int argc, const char* const* argv, std::string_view version) {
  CommandLine line;
  if (const SettingRow* row = find_empty_value(argc, argv)) {
    line.exit = missing_value(*row);
    return line;
  }
  CLI::App app;
  app.set_help_flag();  // ours: made from the table
  app.allow_extras();   // reported below, by name
  app.fallthrough();
  bool wants_help = false;
  bool wants_version = false;
  app.add_flag("-h,--help", wants_help);
  app.add_flag("--version", wants_version);
  const CLI::App* const serve = app.add_subcommand(std::string(kServe));
  Options options;
  for (const SettingRow& row : settings_table()) {
    // What is read below are results() as given: the values that a callback gets are edited ("{}" becomes two).
    const auto accept = [](const CLI::results_t&) { return true; };
    CLI::Option* const option = app.add_option(flag_of(row.name), CLI::callback_t(accept));
    options[row.name] = option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    line.exit = at_end_of_line(argc, argv, error);
    return line;
  }
  if (wants_help) {
    line.exit = EarlyExit{help_text(), 0};
  } else if (wants_version) {
    line.exit = EarlyExit{std::string(version) + "\n", 0};
  } else if (auto wrong = take_flags(options, line)) {
    line.exit = std::move(wrong);
  } else if (const auto extras = app.remaining(true); !extras.empty()) {
    line.exit = unexpected(extras.front(), serve->parsed());
  } else if (serve->count() > 1) {
    line.exit = unexpected(std::string(kServe), true);
  }
  return line;
}

}  // namespace threadecho::config
