#include "config/serve_arguments.h"

#include <string_view>

#include "cli/commands.h"
#include "config/settings_table.h"
#include "text/escape.h"

namespace threadecho::config {
namespace {

void check_operands(const std::vector<std::string>& operands) {
  for (std::size_t i = operands.empty() || operands.front() != "serve" ? 0 : 1; i < operands.size(); ++i) {
    if (i > 0) {
      throw cli::UsageError("unexpected argument " + text::in_quotes(operands[i]) + "; serve takes only flags");
    }
    throw cli::UsageError(cli::is_command(operands[i])
                              ? "the command " + operands[i] + " must come first, before all flags"
                              : cli::unknown_command(operands[i]));
  }
}

}  // namespace

cli::Option version_option(bool& wants_version) { return cli::toggle("--version", wants_version, "print the version"); }

std::vector<cli::Option> setting_options(Flags& flags) {
  std::vector<cli::Option> options;
  for (const SettingRow& row : settings_table()) {
    const auto take = [&flags, name = std::string(row.name)](std::string_view text) -> std::optional<std::string> {
      flags[name] = text;
      return std::nullopt;
    };
    options.push_back({.flag = flag_of(row.name),
                       .value = "VALUE",
                       .default_text = std::string(row.shown_default()),
                       .meaning = std::string(row.meaning),
                       .allowed = row.kind.allowed,
                       .take = take,
                       .candidates = row.kind.candidates,
                       .variable = std::string(row.name)});
  }
  return options;
}

ServeArguments parse_serve_arguments(int argc, const char* const* argv) {
  ServeArguments result;
  result.wants_version = cli::has_flag("--version", argc, argv);  // whatever else is wrong
  std::vector<cli::Option> options = setting_options(result.flags);
  options.push_back(version_option(result.wants_version));
  try {
    const cli::Arguments arguments = cli::parse(options, argc, argv);
    result.wants_help = arguments.wants_help;
    check_operands(arguments.operands);
  } catch (const cli::UsageError& error) {
    result.mistake = result.wants_help || result.wants_version ? "" : error.what();
  }
  return result;
}

}  // namespace threadecho::config
