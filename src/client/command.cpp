#include "client/command.h"

#include <exception>
#include <iostream>
#include <stdexcept>

#include "cli/exit_status.h"
#include "client/arguments.h"

namespace threadecho::client {

int run_command(std::string_view name, const std::function<int()>& body) {
  try {
    const int status = body();
    if (!std::cout.flush()) {
      throw std::runtime_error("cannot write to standard output");
    }
    return status;
  } catch (const UsageError& error) {
    std::cerr << "threadecho " << name << ": " << error.what() << " (see threadecho " << name << " --help)\n";
    return cli::kWrongUsage;
  } catch (const std::exception& error) {
    std::cerr << "threadecho " << name << ": " << error.what() << '\n';
    return cli::kFailed;
  }
}

}  // namespace threadecho::client
