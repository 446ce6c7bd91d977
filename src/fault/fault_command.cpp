#include "fault/fault_command.h"

#include <chrono>
#include <iostream>
#include <stdexcept>
#include <string>
#include <variant>

#include "cli/exit_status.h"
#include "client/http_client.h"
#include "client/json.h"
#include "client/resolver.h"
#include "client/run_command.h"
#include "fault/fault_arguments.h"
#include "fault/fault_list.h"
#include "text/escape.h"

namespace threadecho::fault {
namespace {

using client::Json;

constexpr std::chrono::seconds kTimeToAnswer{10};
constexpr const char* kWrongPort = "; is this the server's HTTP_PORT?";

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

std::runtime_error not_threadecho(const std::string& server) {
  return std::runtime_error(server + " is not the HTTP port of a threadecho server (HTTP_PORT)");
}

/// A failure to connect names the address already.
std::string about(const std::string& server, const std::string& failure) {
  const bool is_named = failure.find(server) != std::string::npos;
  return (is_named ? "" : server + ": ") + failure + (failure.starts_with("the answer is not HTTP") ? kWrongPort : "");
}

/// The answer's faults; one that was added or ended is a list of one.
Json ask(const FaultOptions& options) {
  const client::Resolution found = client::resolve(options.server);
  if (found.endpoints.empty()) {
    throw client::CommandFailed(client::name_failure(options.server, found.reason));
  }
  const auto outcome = client::http_exchange(client::in_connecting_order(found.endpoints, nullptr), request_of(options),
                                             std::chrono::steady_clock::now() + kTimeToAnswer);
  const std::string server = options.server.to_string();
  if (const auto* const failure = std::get_if<client::Failure>(&outcome)) {
    throw client::CommandFailed(words_of(failure->kind).name, about(server, failure->text));
  }
  const auto& answer = std::get<client::HttpAnswer>(outcome);
  const Json json = Json::parse(answer.body, nullptr, false);
  if (answer.status >= 300) {
    const bool is_told = json.is_object() && json.contains("error") && json["error"].is_string();
    throw std::runtime_error(server + " answered " + std::to_string(answer.status) +
                             (is_told ? ": " + text::printable(json["error"].get<std::string>()) : ""));
  }
  const bool is_one = options.action == FaultAction::kAdd || options.id;
  if (answer.status != (options.action == FaultAction::kAdd ? 201U : 200U) || !json.is_object() ||
      (!is_one && !(json.contains("faults") && json["faults"].is_array()))) {
    throw not_threadecho(server);
  }
  return is_one ? Json::array({json}) : json["faults"];
}

/// The faults as text. Throws if the answer contains something else.
std::string list_of(const Json& faults, const FaultOptions& options) {
  try {
    return fault_list(faults, options.action);
  } catch (const Json::exception&) {
    throw not_threadecho(options.server.to_string());
  }
}

int run(const FaultOptions& options) {
  const Json faults = ask(options);
  const std::string list = list_of(faults, options);
  if (options.json) {
    std::cout << client::text_of({{"type", "faults"}, {"target", options.server.to_string()}, {"faults", faults}}, -1)
              << '\n';
    return cli::kDone;
  }
  std::cout << list;
  return cli::kDone;
}

}  // namespace

int run_fault(int argc, const char* const* argv) {
  return client::run_command("fault", argc, argv, [&] {
    const FaultOptions options = parse_fault_arguments(argc, argv);
    if (options.help) {
      std::cout << cli::help_text(fault_manual(), cli::output_width());
      return cli::kDone;
    }
    return run(options);
  });
}

}  // namespace threadecho::fault
