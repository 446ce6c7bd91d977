#include <exception>

#include "commands/command_table.h"
#include "host/parent_process.h"
#include "host/standard_descriptors.h"
#include "log/options.h"
#include "serve/serve_command.h"
#include "serve/start_failure.h"

namespace threadecho {
namespace {

int run(int argc, const char* const* argv) {
  host::end_with_parent();
  const commands::Command* const command = argc > 1 ? commands::find_command(argv[1]) : nullptr;
  if (command == nullptr || command->run == &serve::run_serve) {
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
