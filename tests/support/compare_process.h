#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "support/eventually.h"
#include "support/process_facts.h"
#include "support/server_process.h"

namespace threadecho::test {

/// The real `threadecho compare`.
class CompareProcess : public ServerProcess {
 public:
  /// With these arguments after the command's name; the setup has the rest.
  explicit CompareProcess(std::vector<std::string> arguments, Setup setup = {})
      : ServerProcess(complete(std::move(setup), std::move(arguments))) {}

  /// Waits until it has started a child with this command, and returns the child's id.
  [[nodiscard]] pid_t child(const std::string& command) const {
    pid_t found = 0;
    EXPECT_TRUE(eventually([&] {
      for (const pid_t child : children_of(pid())) {
        const auto arguments = arguments_of(child);
        if (arguments.size() > 2 && arguments[0] == "threadecho" && arguments[1] == command) {
          found = child;
        }
      }
      return found != 0;
    }));
    return found;
  }

 private:
  static Setup complete(Setup setup, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "compare");
    setup.arguments = std::move(arguments);
    setup.free_ports = false;
    return setup;
  }
};

}  // namespace threadecho::test
