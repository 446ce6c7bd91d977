#pragma once

#include <string_view>

namespace threadecho::load {

/// What --help prints before the flags, and after them.
inline constexpr std::string_view kLoadUsage = R"(Usage: threadecho load [tcp://]HOST:PORT [--flag VALUE]...
       threadecho load [tcp://][IPv6]:PORT [--flag VALUE]...

Puts load on a TCP echo server, verifies every byte that comes back, and says how fast and how exact
the server was. By default it is a closed loop: each connection sends its next message when the echo
of one has arrived. All load goes to the first address of a name that can be connected
to; a connection that was lost looks the name up again (at most once a second) and tries all of its
addresses, beginning with the one that worked last; if the look-up fails, those that it found before.
Ctrl-C ends a run early and still prints its result; a second one ends it at once.

)";

inline constexpr std::string_view kLoadHelpEnd = R"(
Durations: 250ms, 30s, 5min, 1h30m, up to a week. Sizes: 64KiB (or 64k, 64KB), 1MiB, or plain bytes.

Exit statuses:
  0      every connection stood, every byte was right
  1      a connection was refused or lost, a byte was wrong, the name was not found, a connection was never opened, or nothing was measured; with --json the JSON then has an `error`
  2      wrong usage
  128+n  ended by a second signal n, or by one before it began

JSON: type (result, interval or error), target, address, addresses (that connections were made to),
started_at, settings, machine {hostname, kernel, architecture, cores, congestion_control}, clean,
error {kind, message} or null, ended_early, measured_seconds, messages, messages_per_second,
bytes_per_second, missed_messages, connections_opened, connections_proved, latency and connect
{count, sum_seconds, min_seconds, mean_seconds, p10_seconds to p99_99_seconds, max_seconds,
histogram [[from_seconds, count]]} or null, errors_total, errors (a count for each kind), outages
{recovered, total_seconds, longest_seconds}, incidents [{time, at_seconds, connection,
local_address, error, detail, failed_attempts, recovered_after_seconds}], connects [{time, address,
local_address, duration_seconds, error?}] (before the run), local_stalls (times in which this host
did not run load) {count, total_seconds, longest_seconds}, connections [{time, connection,
local_address, address}], connections_not_listed, reconnects_failed and look_ups_failed [{message,
count}], local_ports {count, time_wait_seconds, lasting_connections_per_second} or null. `threadecho
report` merges such results.

Examples:
  threadecho load localhost:9000 --connections 64 --duration 30s
  threadecho load echo.example:9000 --rate 1000 --reconnect --duration 5m
  threadecho load 127.0.0.1:9000 --hold --connections 9000 --source 127.0.0.2
  threadecho load echo.example:9000 --churn --close reset --ramp 10s --connections 8
)";

}  // namespace threadecho::load
