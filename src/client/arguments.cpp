#include "client/arguments.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <sstream>

#include "text/escape.h"

namespace threadecho::client {
namespace {

using text::in_quotes;

[[noreturn]] void complain_of_missing_value(const Option& option) {
  throw UsageError(std::string(option.flag) + " needs a value");
}
// CLI11 takes `--count= x` for `--count x`, which would make an empty shell variable swallow the next argument.
void refuse_empty_values(const std::vector<Option>& options, int argc, const char* const* argv) {
  for (const Option& option : options) {
    for (int i = 1; i < argc; ++i) {
      if (argv[i] == std::string(option.flag) + "=") {
        complain_of_missing_value(option);
      }
    }
  }
}

// The one flag that CLI11 itself complains of is the last one, when its value is missing.
[[noreturn]] void complain_of_end(const std::vector<Option>& options, int argc, const char* const* argv,
                                  const CLI::ParseError& error) {
  for (const Option& option : options) {
    if (argc > 1 && argv[argc - 1] == option.flag) {
      complain_of_missing_value(option);
    }
  }
  throw UsageError(error.what());
}

void take_value(const Option& option, const CLI::results_t& results, Arguments& arguments) {
  if (results.empty()) {
    return;
  }
  const auto is_flag = [](const std::string& value) { return value.empty() || value.starts_with("--"); };
  if (!option.value.empty() && std::any_of(results.begin(), results.end(), is_flag)) {
    complain_of_missing_value(option);
  }
  if (results.size() > 1 && !option.may_repeat) {
    throw UsageError(std::string(option.flag) + " is given more than once");
  }
  arguments.values.emplace(option.flag, option.value.empty() ? CLI::results_t{} : results);
}

/// Words of `text` behind `line`, which goes on below `column` where it would get too long.
std::string wrapped(std::string line, std::size_t column, const std::string& text) {
  constexpr std::size_t kWidth = 100;
  std::string done;
  std::istringstream words(text);
  line.resize(std::max(line.size() + 2, column), ' ');
  bool is_first = true;
  for (std::string word; words >> word;) {
    if (!is_first && line.size() + 1 + word.size() > kWidth) {
      done.append(line).append("\n");
      line.assign(column, ' ');
      is_first = true;
    }
    line.append(is_first ? "" : " ").append(word);
    is_first = false;
  }
  return done.append(line).append("\n");
}

}  // namespace

Arguments parse_arguments(const std::vector<Option>& options, int argc, const char* const* argv) {
  refuse_empty_values(options, argc, argv);
  CLI::App app;
  app.set_help_flag();  // ours: made from the options
  app.allow_extras();   // sorted below
  Arguments arguments;
  app.add_flag("-h,--help", arguments.wants_help);
  std::vector<const CLI::Option*> known;
  for (const Option& option : options) {
    // What is read below are results() as given: the values that a callback gets are edited ("{}" becomes two).
    const auto accept = [](const CLI::results_t&) { return true; };
    CLI::Option* const added = option.value.empty() ? app.add_flag(std::string(option.flag))
                                                    : app.add_option(std::string(option.flag), CLI::callback_t(accept));
    known.push_back(added->multi_option_policy(CLI::MultiOptionPolicy::TakeAll));
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    complain_of_end(options, argc, argv, error);
  }
  if (arguments.wants_help) {
    return arguments;
  }
  for (std::size_t i = 0; i < options.size(); ++i) {
    take_value(options[i], known[i]->results(), arguments);
  }
  for (const std::string& extra : app.remaining()) {
    if (extra.starts_with("-") && extra != "--") {
      throw UsageError("unknown flag " + in_quotes(extra.substr(0, extra.find('='))));
    }
    if (extra != "--") {
      arguments.operands.push_back(extra);
    }
  }
  return arguments;
}

std::string options_text(const std::vector<Option>& options) {
  constexpr std::size_t kMeaningColumn = 26;
  std::string text;
  for (const Option& option : options) {
    if (!option.heading.empty()) {
      text.append(text.empty() ? "" : "\n").append(option.heading).append(":\n");
    }
    std::string flag = "  " + std::string(option.flag);
    flag.append(option.value.empty() ? "" : " ").append(option.value);
    std::string meaning(option.meaning);
    if (!option.default_value.empty()) {
      meaning.append(" (").append(option.default_value).append(")");
    }
    text.append(wrapped(std::move(flag), kMeaningColumn, meaning));
  }
  return text.append(wrapped("  --help", kMeaningColumn, "print this"));
}

}  // namespace threadecho::client
