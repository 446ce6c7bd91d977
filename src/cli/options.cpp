#include "cli/options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iterator>
#include <utility>

#include "cli/spelling.h"
#include "text/escape.h"

namespace threadecho::cli {
namespace {

using text::in_quotes;

// Where --help puts a flag's meaning, and the default of a flag with a variable.
constexpr std::size_t kMeaningColumn = 26;
constexpr std::size_t kDefaultColumn = 44;

std::string missing_value(const Option& option) {
  return option.flag + " needs a value" + (option.allowed.empty() ? "" : "; allowed: " + option.allowed);
}

/// The arguments after argv[0], up to a "--".
std::vector<std::string_view> flags_of(int argc, const char* const* argv) {
  const std::vector<std::string_view> all(argv + std::min(argc, 1), argv + argc);
  return {all.begin(), std::ranges::find(all, "--")};
}

/// CLI11 takes `--port= x` for `--port x`, so that an empty shell variable would swallow the next argument, and
/// `--json=no` for a switch.
void check_equals_signs(const std::vector<Option>& options, int argc, const char* const* argv) {
  for (const std::string_view argument : flags_of(argc, argv)) {
    if (argument.starts_with("--help=")) {
      throw UsageError("--help takes no value");
    }
    for (const Option& option : options) {
      if (!argument.starts_with(option.flag + "=")) {
        continue;
      }
      if (option.value.empty()) {
        throw UsageError(option.flag + " takes no value");
      }
      if (argument.size() == option.flag.size() + 1) {
        throw UsageError(missing_value(option));
      }
    }
  }
}

/// What is wrong with the value; empty if nothing is.
std::string take(const Option& option, const std::string& value) {
  // No value begins with "--": this is the next flag.
  if (value.empty() || value.starts_with("--")) {
    return missing_value(option);
  }
  const auto reason = option.take(value);
  return reason ? option.flag + " " + in_quotes(value) + ": " + *reason + "; allowed: " + option.allowed : "";
}

void check_repetition(const Option& option, const CLI::results_t& results) {
  if (results.size() > 1 && !option.may_repeat) {
    const std::string values =
        option.value.empty() ? "" : ": " + in_quotes(results[0]) + " and " + in_quotes(results[1]);
    throw UsageError(option.flag + " is given more than once" + values);
  }
}

/// Appends what is wrong with values to `mistakes`, a line for each.
CLI::Option* add(CLI::App& app, const Option& option, std::string& mistakes) {
  if (option.value.empty()) {
    return app.add_flag(option.flag);
  }
  const auto take_all = [&option, &mistakes](const CLI::results_t& values) {
    // CLI11 makes two values of "{}".
    const std::size_t count = option.may_repeat ? values.size() : 1;
    std::for_each_n(values.begin(), count, [&](const std::string& value) {
      const std::string mistake = take(option, value);
      mistakes.append(mistake.empty() || mistakes.empty() ? "" : "\n  ").append(mistake);
    });
    return true;
  };
  CLI::Option* const added = app.add_option(option.flag, CLI::callback_t(take_all));
  return option.may_repeat ? added->multi_option_policy(CLI::MultiOptionPolicy::TakeAll) : added;
}

[[noreturn]] void complain_of_unknown_flag(const std::vector<Option>& options, const std::string& argument) {
  std::vector<std::string_view> flags{"--help"};
  std::ranges::transform(options, std::back_inserter(flags), &Option::flag);
  const std::string flag = argument.substr(0, argument.find('='));
  if (flag.size() > 1 && flag[1] >= '0' && flag[1] <= '9') {
    throw UsageError(in_quotes(argument) + " is neither a flag nor a value: values cannot be negative");
  }
  throw UsageError("unknown flag " + in_quotes(flag) + did_you_mean(flag, flags));
}

/// Those of the arguments that no row took. Throws UsageError for a flag.
std::vector<std::string> operands_among(const std::vector<std::string>& extras, const std::vector<Option>& options) {
  std::vector<std::string> operands;
  bool takes_flags = true;
  for (const std::string& extra : extras) {
    if (takes_flags && extra == "--") {
      takes_flags = false;
      continue;
    }
    if (takes_flags && extra.starts_with("-") && extra != "-") {  // "-" alone is standard input
      complain_of_unknown_flag(options, extra);
    }
    operands.push_back(extra);
  }
  return operands;
}

}  // namespace

Option toggle(std::string flag, bool& member, std::string meaning) {
  const auto set = [&member](std::string_view) -> std::optional<std::string> {
    member = true;
    return std::nullopt;
  };
  return {.flag = std::move(flag), .meaning = std::move(meaning), .take = set};
}

bool has_flag(std::string_view flag, int argc, const char* const* argv) {
  const auto flags = flags_of(argc, argv);
  return std::ranges::find(flags, flag) != flags.end();
}

Arguments parse(const std::vector<Option>& options, int argc, const char* const* argv) {
  if (has_flag("--help", argc, argv) || has_flag("-h", argc, argv)) {
    return {.operands = {}, .wants_help = true};
  }
  check_equals_signs(options, argc, argv);
  CLI::App app;
  app.set_help_flag();  // ours is made from the table
  app.allow_extras();   // sorted below
  std::string mistakes;
  std::vector<const CLI::Option*> added;
  added.reserve(options.size());
  for (const Option& option : options) {
    added.push_back(add(app, option, mistakes));
  }
  std::string mistake;
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    mistake = error.what();  // the value of the last flag is missing, or one is given twice
  }
  if (!mistakes.empty()) {
    throw UsageError(mistakes);
  }
  Arguments arguments;
  for (std::size_t i = 0; i < options.size(); ++i) {
    check_repetition(options[i], added[i]->results());
    if (options[i].value.empty() && added[i]->count() > 0) {
      options[i].take({});
    }
  }
  if (!mistake.empty()) {
    const auto last = std::ranges::find(options, std::string(argv[argc - 1]), &Option::flag);
    if (last != options.end() && !last->value.empty()) {
      throw UsageError(missing_value(*last));
    }
    throw UsageError(mistake);
  }
  arguments.operands = operands_among(app.remaining(), options);
  return arguments;
}

std::string options_text(const std::vector<Option>& options) {
  std::string text;
  const auto add_row = [&](std::string term, std::string_view meaning, std::size_t column = kMeaningColumn) {
    term.resize(std::max(term.size() + 2, column), ' ');
    text.append(term).append(meaning).append("\n");
  };
  for (const Option& option : options) {
    if (!option.heading.empty()) {
      text.append(text.empty() ? "" : "\n").append(option.heading).append(":\n");
    }
    if (!option.variable.empty()) {
      text.append("\n");
      add_row("  " + option.flag + ", " + option.variable, "default: " + option.default_text, kDefaultColumn);
      text.append("      ").append(option.meaning).append("\n      allowed: ").append(option.allowed).append("\n");
      continue;
    }
    add_row("  " + option.flag + (option.value.empty() ? "" : " ") + option.value,
            option.default_text.empty() ? option.meaning : option.meaning + " (" + option.default_text + ")");
  }
  add_row("  --help", "print this");
  return text;
}

}  // namespace threadecho::cli
