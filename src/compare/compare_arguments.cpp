#include "compare/compare_arguments.h"

#include <string_view>
#include <vector>

#include "cli/options.h"
#include "cli/value_kinds.h"
#include "text/escape.h"

namespace threadecho::compare {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

// Each client of the load is one of the server's connections too, of which it takes 10,000.
constexpr std::uint32_t kMostClients = 8192;
constexpr std::uint64_t kMostBytes = 1024UL * 1024;
constexpr std::uint32_t kMostPoolThreads = 1024;  // as POOL_THREADS

std::vector<cli::Option> option_table(CompareOptions& result) {
  return {
      cli::option("--clients", "N", result.clients, cli::number<std::uint32_t>(1, kMostClients),
                  "connections of the load; each sends its next message when one has come back"),
      cli::option("--duration", "DURATION", result.duration, cli::duration(milliseconds(100), hours(1)),
                  "how long to measure each model"),
      cli::option("--size", "SIZE", result.size, cli::size(1, kMostBytes), "bytes of a message"),
      cli::option("--pool-threads", "N", result.pool_threads, cli::number<std::uint32_t>(1, kMostPoolThreads),
                  "number of CPUs", "threads of blocking-pool and of pool"),
      cli::option("--patience", "DURATION", result.patience, cli::duration(milliseconds(10), hours(1)),
                  "how long a client waits for its echo while others are connected and silent"),
      cli::toggle("--json", result.json, "print the comparison as one line of JSON"),
      cli::toggle("--quiet", result.quiet, "show no progress"),
  };
}

constexpr std::string_view kUsage = R"(Usage: threadecho compare [--flag VALUE]...

Runs this program as a server in each thread model in turn, on free ports of 127.0.0.1, puts the
same load on each, checks every byte, and shows the differences in one table. It needs no server.

  one at a time   blocking-pool with one thread: the next client waits until this one leaves
  blocking-pool   each thread serves one client until it leaves; later clients wait in a queue
  per-connection  each client has a thread
  pool            a few threads serve all clients, whichever has sent something (epoll)

The load is `threadecho load` on the same machine, which takes its share of the cores: compare the
ratios, not the numbers. Other programs that use the cores distort the ratios too. With the defaults
it takes about 20 s. Messages/s and latencies are as the clients see them. The other numbers are
from the server's /metrics during the load: threads are all threads of its process, also those that do
not echo; memory per client is the growth of its RSS. At the end some clients connect and stay silent,
and one more sends a message and waits for its echo.
The servers get no setting from the environment or an `.env` file. Ctrl-C, SIGTERM and a closed
terminal stop everything.

)";

constexpr std::string_view kEnd = R"(
Exit statuses:
  0      all models were measured, every byte was right
  1      a server or its load failed; with --json the JSON then has an `error`
  2      wrong usage, or more clients than the limits of this host leave room for
  128+n  ended by signal n

JSON: type (comparison or error), settings {clients, size_bytes, duration_seconds, pool_threads,
patience_seconds}, machine {hostname, kernel, architecture, cores, congestion_control}, error {kind,
message} or null, models [{name, thread_model, pool_threads, clients_served, clients_waiting,
messages, messages_per_second, p50_seconds, p99_seconds, context_switches_per_message,
cpu_per_message_seconds, threads, memory_per_client_bytes, waits [{silent_clients, served_meanwhile,
waited_seconds, after_they_left_seconds}]}]. An unknown number is null.

Examples:
  threadecho compare
  threadecho compare --clients 500 --pool-threads 10
  threadecho compare --json --quiet
)";

}  // namespace

CompareOptions parse_compare_arguments(int argc, const char* const* argv) {
  CompareOptions result;
  const cli::Arguments arguments = cli::parse(option_table(result), argc, argv);
  result.help = arguments.wants_help;
  if (!arguments.operands.empty()) {
    throw cli::UsageError("unexpected argument " + text::in_quotes(arguments.operands.front()) +
                          "; compare starts its servers itself");
  }
  return result;
}

cli::Manual compare_manual() {
  CompareOptions defaults;
  return {
      .before = std::string(kUsage), .options = cli::for_manual(option_table(defaults)), .after = std::string(kEnd)};
}

}  // namespace threadecho::compare
