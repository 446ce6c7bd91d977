#include "client/command.h"

#include <exception>
#include <iostream>
#include <stdexcept>

#include "client/arguments.h"
#include "config/exit_status.h"

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
    return config::kWrongUsage;
  } catch (const std::exception& error) {
    std::cerr << "threadecho " << name << ": " << error.what() << '\n';
    return config::kFailed;
  }
}

}  // namespace threadecho::client
