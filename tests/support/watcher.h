#pragma once

#include <algorithm>
#include <csignal>
#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "support/eventually.h"
#include "support/server_process.h"

namespace threadecho::test {

/// `threadecho watch` as a process: quick, without fresh and idle connections, and without asking for GET /version,
/// unless the arguments say otherwise.
class Watcher : public ServerProcess {
 public:
  explicit Watcher(std::vector<std::string> arguments, Setup setup = {})
      : ServerProcess(with(arguments, std::move(setup))) {
    wait_until_serving();
  }

  [[nodiscard]] nlohmann::json targets() const { return nlohmann::json::parse(get("/targets"))["targets"]; }
  /// All paths of all targets.
  [[nodiscard]] std::vector<nlohmann::json> paths() const {
    std::vector<nlohmann::json> result;
    for (const auto& target : targets()) {
      result.insert(result.end(), target["paths"].begin(), target["paths"].end());
    }
    return result;
  }
  /// The first one, once it is there.
  [[nodiscard]] nlohmann::json path() const {
    std::vector<nlohmann::json> found;
    eventually([&] {
      found = paths();
      return !found.empty();
    });
    return found.at(0);
  }
  [[nodiscard]] bool becomes(const std::string& state) const {
    return eventually([&] { return path()["state"] == state; });
  }
  [[nodiscard]] double lost(const std::string& target, const std::string& reason) const {
    return metric("threadecho_watch_connections_lost_total{target=\"" + target + "\",reason=\"" + reason + "\"}");
  }
  /// Ends it as SIGTERM does, and returns its status.
  int stop() {
    signal(SIGTERM);
    return wait();
  }

 private:
  static Setup with(const std::vector<std::string>& arguments, Setup setup) {
    setup.free_ports = false;
    setup.arguments = {"watch", "--http-port", "0", "--http-bind-address", "127.0.0.1"};
    for (const auto& [flag, value] :
         {std::pair("--interval", "50ms"), std::pair("--timeout", "300ms"), std::pair("--connect-every", "0s"),
          std::pair("--idle", "0s"), std::pair("--version-port", "0")}) {
      if (std::ranges::find(arguments, flag) == arguments.end()) {
        setup.arguments.insert(setup.arguments.end(), {flag, value});
      }
    }
    setup.arguments.insert(setup.arguments.end(), arguments.begin(), arguments.end());
    return setup;
  }
};

}  // namespace threadecho::test
