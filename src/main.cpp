#include <algorithm>
#include <array>
#include <exception>
#include <string_view>

#include "healthcheck/healthcheck_command.h"
#include "host/standard_descriptors.h"
#include "load/load_command.h"
#include "log/options.h"
#include "probe/probe_command.h"
#include "serve/serve_command.h"
#include "serve/start_failure.h"

namespace threadecho {
namespace {

/// Commands beside `serve`. They read their own arguments; argv[0] is their name.
struct ClientCommand {
  std::string_view name;
  int (*run)(int argc, const char* const* argv);
};
constexpr std::array kClientCommands = {
    ClientCommand{"healthcheck", &healthcheck::run_healthcheck},
    ClientCommand{"load", &load::run_load},
    ClientCommand{"probe", &probe::run_probe},
};

int run(int argc, const char* const* argv) {
  const std::string_view first = argc > 1 ? argv[1] : "";
  const auto* const command = std::find_if(kClientCommands.begin(), kClientCommands.end(),
                                           [&](const ClientCommand& candidate) { return candidate.name == first; });
  if (command == kClientCommands.end()) {
    return serve::run_serve(argc, argv);
  }
  host::occupy_standard_descriptors();
  return command->run(argc - 1, argv + 1);
}

}  // namespace
}  // namespace threadecho

int main(int argc, char** argv) {
  try {
    return threadecho::run(argc, argv);
  } catch (const std::exception& error) {
    return threadecho::serve::report_start_failure(error, threadecho::log::LogFormat::kText);
  }
}
