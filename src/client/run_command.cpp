#include "client/run_command.h"

#include <exception>
#include <iostream>
#include <string>
#include <system_error>

#include "cli/options.h"
#include "cli/run_command.h"

namespace threadecho::client {
namespace {

std::string_view kind_of(const std::exception& error) {
  if (const auto* const failed = dynamic_cast<const CommandFailed*>(&error)) {
    return failed->kind();
  }
  const auto* const refused = dynamic_cast<const std::system_error*>(&error);
  if (refused != nullptr && kind_of(refused->code(), Stage::kConnecting) == FailureKind::kLocalLimit) {
    return words_of(FailureKind::kLocalLimit).name;
  }
  return dynamic_cast<const cli::UsageError*>(&error) != nullptr ? "usage" : words_of(FailureKind::kOther).name;
}

}  // namespace

Json error_json(std::string_view kind, std::string_view message) { return {{"kind", kind}, {"message", message}}; }

std::string error_line(std::string_view kind, std::string_view message) {
  return text_of({{"type", "error"}, {"error", error_json(kind, message)}}, -1) + '\n';
}

int run_command(std::string_view name, int argc, const char* const* argv, const std::function<int()>& body) {
  return cli::run_command(name, [&] {
    try {
      return body();
    } catch (const std::exception& error) {
      if (cli::has_flag("--json", argc, argv)) {
        std::cout << error_line(kind_of(error), error.what());
      }
      throw;
    }
  });
}

}  // namespace threadecho::client
