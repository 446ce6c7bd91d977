#include "cli/run_command.h"

#include <exception>
#include <iostream>
#include <stdexcept>

#include "cli/exit_status.h"
#include "cli/options.h"

namespace threadecho::cli {

int run_command(std::string_view name, const std::function<int()>& body) {
  try {
    const int status = body();
    if (!std::cout.flush()) {
      throw std::runtime_error("cannot write to standard output");
    }
    return status;
  } catch (const UsageError& error) {
    std::cerr << "threadecho " << name << ": " << error.what() << " (see threadecho " << name << " --help)\n";
    return kWrongUsage;
  } catch (const std::exception& error) {
    std::cerr << "threadecho " << name << ": " << error.what() << '\n';
    return kFailed;
  }
}

}  // namespace threadecho::cli
