#include "identity/identity_arguments.h"

#include <vector>

#include "cli/value_kinds.h"

namespace threadecho::identity {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

constexpr std::uint64_t kMostConnections = 1'000'000;

std::vector<cli::Option> options(IdentityOptions& result) {
  using cli::option;
  std::vector<cli::Option> rows = {
      option("--count", "N", result.count, cli::number<std::uint64_t>(1, kMostConnections),
             "connections to make, one after the other"),
      option("--interval", "DURATION", result.interval, cli::duration(milliseconds(0), hours(24)),
             "pause before the next connection"),
      option("--timeout", "DURATION", result.timeout, cli::duration(milliseconds(1), hours(1)),
             "for connecting to an address, and for each answer"),
      cli::toggle("--json", result.json, "print one JSON object at the end, and nothing else"),
  };
  const std::vector<cli::Option> to_connect = client::rows_of(result.connect);
  rows.insert(rows.end(), to_connect.begin(), to_connect.end());
  return rows;
}

constexpr std::string_view kUsage = R"(Usage: threadecho identity [tcp://]HOST:PORT [--flag VALUE]...

Shows which servers a load balancer or a Service chooses. It connects to the identity port of
threadecho servers (IDENTITY_PORT) many times, and shows how the connections spread over the servers,
which client address each server sees, and whether all connections go to one server. It looks the name
up for each connection. Ctrl-C ends it early; it still prints the result. It gives up if the first 3
accepted connections bring no answer.

)";

constexpr std::string_view kEnd = R"(
Exit statuses: 0 if every connection had an answer; otherwise that of the first failure, as those of
`threadecho probe`.

JSON: type ("result"), target, started_at, duration_seconds, error (the first one) or null, signal or
null, connections, answers, errors {kind: count}, servers [{name, pod, namespace, node, host_name,
server_addresses, client_addresses, connections, share}], the one with the most connections first,
repeats (answers of the same server as the answer before), repeat_share, expected_repeat_share (of
random choices), sticky (all answers came from one server; null with fewer than two).

Examples:
  threadecho identity threadecho-identity:9002
  threadecho identity localhost:9002 --count 1000 --json
)";

}  // namespace

IdentityOptions parse_identity_arguments(int argc, const char* const* argv) {
  IdentityOptions result;
  const cli::Arguments arguments = cli::parse(options(result), argc, argv);
  result.help = arguments.wants_help;
  if (!result.help) {
    result.target = client::target_of(arguments.operands, result.connect, {.usual = 9002});
  }
  return result;
}

cli::Manual identity_manual() {
  IdentityOptions defaults;
  return {.before = std::string(kUsage), .options = cli::for_manual(options(defaults)), .after = std::string(kEnd)};
}

}  // namespace threadecho::identity
