#include "fault/fault_command.h"

#include <chrono>
#include <iostream>
#include <stdexcept>
#include <string>

#include "cli/exit_status.h"
#include "client/http_client.h"
#include "client/json.h"
#include "client/resolver.h"
#include "client/run_command.h"
#include "fault/fault_arguments.h"
#include "fault/fault_list.h"

namespace threadecho::fault {
namespace {

using client::Json;

constexpr std::chrono::seconds kTimeToAnswer{10};

client::HttpRequest request_of(const FaultOptions& options) {
  client::HttpRequest request{.method = "GET", .path = "/faults", .host = options.server.to_string()};
  if (options.action == FaultAction::kAdd) {
    request.method = "POST";
    request.body = client::text_of(options.request, -1);
  } else if (options.action == FaultAction::kClear) {
    request.method = "DELETE";
    request.path += options.id ? "/" + std::to_string(*options.id) : "";
  }
  return request;
}

/// The answer's faults; one that was added or ended is a list of one.
Json ask(const FaultOptions& options) {
  const client::Resolution found = client::resolve(options.server);
  if (found.endpoints.empty()) {
    throw client::CommandFailed(client::name_failure(options.server, found.reason));
  }
  const auto answer = client::http_exchange(client::in_connecting_order(found.endpoints, nullptr), request_of(options),
                                            std::chrono::steady_clock::now() + kTimeToAnswer);
  const std::string server = options.server.to_string();
  if (!answer.ok()) {
    throw std::runtime_error(server + ": " + answer.reason());
  }
  const Json json = Json::parse(answer.value().body, nullptr, false);
  if (answer.value().status >= 300) {
    const bool is_told = json.is_object() && json.contains("error") && json["error"].is_string();
    throw std::runtime_error(server + " answered " + std::to_string(answer.value().status) +
                             (is_told ? ": " + json["error"].get<std::string>() : ""));
  }
  if (!json.is_object()) {
    throw std::runtime_error(server + " is not the HTTP port of threadecho");
  }
  return json.contains("faults") ? json["faults"] : Json::array({json});
}

int run(const FaultOptions& options) {
  const Json faults = ask(options);
  if (options.json) {
    std::cout << client::text_of({{"type", "faults"}, {"target", options.server.to_string()}, {"faults", faults}}, -1)
              << '\n';
    return cli::kDone;
  }
  std::cout << fault_list(faults, options.action);
  return cli::kDone;
}

}  // namespace

int run_fault(int argc, const char* const* argv) {
  return client::run_command("fault", argc, argv, [&] {
    const FaultOptions options = parse_fault_arguments(argc, argv);
    if (options.help) {
      std::cout << fault_help(cli::output_width());
      return cli::kDone;
    }
    return run(options);
  });
}

}  // namespace threadecho::fault
