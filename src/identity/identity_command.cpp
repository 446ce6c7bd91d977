#include "identity/identity_command.h"

#include <chrono>
#include <iostream>
#include <optional>
#include <utility>
#include <variant>

#include "cli/exit_status.h"
#include "cli/help.h"
#include "client/connector.h"
#include "client/name_lookup.h"
#include "client/run_command.h"
#include "client/signal_fd.h"
#include "client/wait.h"
#include "identity/asking.h"
#include "identity/identity_arguments.h"
#include "identity/identity_report.h"

namespace threadecho::identity {
namespace {

using Clock = std::chrono::steady_clock;

/// Waits for a target that is not there yet, as --wait says.
void await_target(const IdentityOptions& options, client::Connector& connector) {
  if (options.connect.wait.count() > 0) {
    connector.connect_within(options.connect.wait, [](const client::Connector::Outcome&) {});
  }
}

IdentityResult ask_all(const IdentityOptions& options, client::NameLookup& names, client::SignalFd& signals) {
  client::Connector connector(options.target, names, options.timeout, &signals);
  await_target(options, connector);
  IdentityResult result{.spread = {}, .began_at = std::chrono::system_clock::now(), .duration = {}, .signal = {}};
  const auto began = Clock::now();
  for (std::uint64_t i = 0; i < options.count && !signals.signal() && !result.spread.is_hopeless(); ++i) {
    if (i > 0 && options.interval.count() > 0) {
      client::wait_for(-1, 0, Clock::now() + options.interval, &signals);
    }
    auto answer = ask(connector, options.timeout, &signals);
    if (auto* const identity = std::get_if<ServerIdentity>(&answer)) {
      result.spread.add(*identity);
    } else if (auto* const failure = std::get_if<client::Failure>(&answer)) {
      if (result.spread.connections() == 0) {
        std::cerr << "threadecho identity: " << failure->text << '\n';  // the others may take long
      }
      result.spread.add(std::move(*failure));
    }
  }
  result.duration = Clock::now() - began;
  result.signal = signals.signal();
  return result;
}

int run(const IdentityOptions& options, client::NameLookup& names) {
  client::SignalFd signals;
  const IdentityResult result = ask_all(options, names, signals);
  if (options.json) {
    std::cout << identity_json(options, result) << std::endl;
  } else {
    const std::size_t width = cli::output_width();
    std::cout << cli::fitted(identity_text(options, result, width), width) << std::flush;
  }
  return result.exit_status();
}

}  // namespace

int run_identity(int argc, const char* const* argv) {
  std::optional<client::NameLookup> names;
  const int status = client::run_command("identity", argc, argv, [&] {
    const IdentityOptions options = parse_identity_arguments(argc, argv);
    if (options.help) {
      std::cout << cli::help_text(identity_manual(), cli::output_width());
      return cli::kDone;
    }
    return run(options, names.emplace(options.target));
  });
  return names ? names->end_with(status) : status;
}

}  // namespace threadecho::identity
