#include "fault/fault_arguments.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "admin/fault_request.h"
#include "cli/options.h"
#include "cli/spelling.h"
#include "cli/value_kinds.h"
#include "echo/fault.h"
#include "fault/fault_help_text.h"
#include "text/ascii.h"
#include "text/escape.h"
#include "text/parsed.h"

namespace threadecho::fault {
namespace {

using echo::FaultKind;
using text::in_quotes;

constexpr std::array<std::string_view, 3> kActions = {"add", "list", "clear"};

/// The flags as given. The server parses most of them.
struct Flags {
  std::string duration;
  std::string jitter;
  std::optional<double> share;
  std::vector<std::string> clients;
  std::string scope;
  std::string server = "localhost:8080";
};

/// A text that is not checked here.
cli::ValueKind<std::string> any_text(std::string allowed) {
  return {std::move(allowed), [](std::string_view text) { return text::Parsed<std::string>::good(std::string(text)); },
          [](const std::string& text) { return text; }};
}

/// "10%" and "0.1" are the same.
cli::ValueKind<double> share() {
  const auto parse = [](std::string_view text) {
    const bool is_percentage = text.ends_with('%');
    text.remove_suffix(is_percentage ? 1 : 0);
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) {
      return text::Parsed<double>::bad("not a number");
    }
    value = is_percentage ? value / 100 : value;
    return value > 0 && value <= 1 ? text::Parsed<double>::good(value) : text::Parsed<double>::bad("out of range");
  };
  return {"above 0, up to 100% or 1, such as 10% or 0.1", parse, {}};
}

std::vector<cli::Option> options(Flags& flags, FaultOptions& result) {
  const auto add_clients = [&flags](std::string_view networks) -> std::optional<std::string> {
    for (std::size_t begin = 0; begin <= networks.size();) {
      const std::size_t comma = std::min(networks.find(',', begin), networks.size());
      flags.clients.emplace_back(text::trimmed(networks.substr(begin, comma - begin)));
      begin = comma + 1;
    }
    return std::nullopt;
  };
  cli::ValueKind<std::string> scope = any_text("all, new");
  scope.candidates.words = {"all", "new"};
  return {
      cli::option("--at", "HOST:PORT", flags.server, any_text("HOST:PORT"), "the server's HTTP port"),
      cli::option("--for", "DURATION", flags.duration, any_text("1ms to 1d"), "",
                  "how long the fault is active; required"),
      cli::option("--share", "SHARE", flags.share, share(), "100%",
                  "share of the connections that it affects: 10% or 0.1"),
      {.flag = "--clients",
       .value = "NETWORKS",
       .default_text = "all",
       .meaning = "clients that it affects, between commas: 10.0.0.0/8,::1; may be repeated",
       .allowed = "networks in CIDR notation",
       .take = add_clients,
       .may_repeat = true},
      cli::option("--scope", "SCOPE", flags.scope, scope, "all", "new: only connections that open from now on"),
      cli::option("--jitter", "DURATION", flags.jitter, any_text("up to the delay"), "0s",
                  "how much longer or shorter a delay may be"),
      cli::toggle("--json", result.json, "print the faults as one line of JSON"),
  };
}

/// The member of the request that VALUE sets.
std::string_view member_of(FaultKind kind) {
  switch (kind) {
    case FaultKind::kDelay:
      return "delay";
    case FaultKind::kThrottle:
      return "bytes_per_second";
    case FaultKind::kRefuse:
    case FaultKind::kUnready:
      return "";
    default:
      return "after_bytes";
  }
}

FaultKind kind_of(const std::string& name) {
  const auto* const found = std::ranges::find(echo::kFaultNames, name);
  if (found == echo::kFaultNames.end()) {
    throw cli::UsageError("unknown fault " + in_quotes(name) +
                          cli::did_you_mean(name, {echo::kFaultNames.begin(), echo::kFaultNames.end()}));
  }
  return static_cast<FaultKind>(found - echo::kFaultNames.begin());
}

client::Json request_of(const std::vector<std::string>& operands, const Flags& flags) {
  if (operands.empty()) {
    throw cli::UsageError("the KIND of the fault is missing");
  }
  const FaultKind kind = kind_of(operands.front());
  const std::string_view member = member_of(kind);
  const std::size_t most = member.empty() ? 1 : 2;
  if (operands.size() > most) {
    throw cli::UsageError("unexpected argument " + in_quotes(operands[most]));
  }
  if (flags.duration.empty()) {
    throw cli::UsageError("--for is missing: every fault expires");
  }
  client::Json request = {{"fault", operands.front()}, {"duration", flags.duration}};
  if (operands.size() == 2) {
    request[std::string(member)] = operands[1];
  }
  if (!flags.jitter.empty()) {
    request["jitter"] = flags.jitter;
  }
  if (flags.share) {
    request["share"] = *flags.share;
  }
  if (!flags.clients.empty()) {
    request["clients"] = flags.clients;
  }
  if (!flags.scope.empty()) {
    request["scope"] = flags.scope;
  }
  // Parse it as the server does, to report a mistake with the flag's name and before connecting.
  const auto fault = admin::parse_fault(client::text_of(request, -1), admin::FaultNames::kFlags);
  if (!fault.ok()) {
    throw cli::UsageError(fault.reason());
  }
  return request;
}

FaultAction action_of(const std::string& name) {
  const auto* const found = std::ranges::find(kActions, name);
  if (found == kActions.end()) {
    throw cli::UsageError("unknown action " + in_quotes(name) +
                          (cli::did_you_mean(name, {kActions.begin(), kActions.end()})));
  }
  return static_cast<FaultAction>(found - kActions.begin());
}

std::optional<std::uint64_t> id_of(const std::vector<std::string>& operands) {
  if (operands.empty()) {
    return std::nullopt;
  }
  const auto id = cli::parse_number(operands.front(), 1, UINT64_MAX);
  if (!id.ok()) {
    throw cli::UsageError("ID " + in_quotes(operands.front()) + " is " + id.reason());
  }
  return id.value();
}

}  // namespace

FaultOptions parse_fault_arguments(int argc, const char* const* argv) {
  FaultOptions result;
  Flags flags;
  cli::Arguments arguments = cli::parse(options(flags, result), argc, argv);
  result.help = arguments.wants_help;
  if (result.help) {
    return result;
  }
  std::vector<std::string>& operands = arguments.operands;
  if (operands.empty()) {
    throw cli::UsageError("add, list or clear is missing");
  }
  result.action = action_of(operands.front());
  operands.erase(operands.begin());
  const auto server = client::parse_target(flags.server, {.usual = 8080, .scheme = "http"});
  if (!server.ok()) {
    throw cli::UsageError("--at " + in_quotes(flags.server) + " " + server.reason());
  }
  result.server = server.value();
  if (result.action == FaultAction::kAdd) {
    result.request = request_of(operands, flags);
    return result;
  }
  if (!flags.duration.empty() || !flags.jitter.empty() || flags.share || !flags.clients.empty() ||
      !flags.scope.empty()) {
    throw cli::UsageError("only add takes --for, --share, --clients, --scope and --jitter");
  }
  const std::size_t most = result.action == FaultAction::kClear ? 1 : 0;
  if (operands.size() > most) {
    throw cli::UsageError("unexpected argument " + in_quotes(operands[most]));
  }
  result.id = id_of(operands);
  return result;
}

cli::Manual fault_manual() {
  FaultOptions defaults;
  Flags flags;
  return {.before = std::string(kFaultUsage),
          .options = cli::for_manual(options(flags, defaults)),
          .after = std::string(kFaultEnd),
          .after_operand = {{std::string(kActions.front()), {echo::kFaultNames.begin(), echo::kFaultNames.end()}}}};
}

}  // namespace threadecho::fault
