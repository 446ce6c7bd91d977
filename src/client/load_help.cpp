#include "client/load_options.h"

namespace threadecho::client {

std::string_view load_help_text() {
  return R"(Usage: threadecho load HOST:PORT [--flag VALUE]...

Puts load on a TCP echo server, verifies every byte that comes back, and says how fast and how exact
the server was. Any echo server will do. An IPv6 address is written [::1]:9000.

What to send:
  (none of these)    Closed loop: a connection sends its next message when one has come back.
  --rate N           Open loop: N messages a second over all connections, on time whatever comes
                     back. Latency counts from when a message was due, so that no stall is hidden.
  --bulk             Each connection sends as fast as the server takes it, and reads meanwhile.
  --churn            Connect, one echo, close, again. Latency counts from the connect.
  --hold             One echo each, then the connections stay idle; at the end each must echo again.

How much of it:
  --connections N    Open connections. Default: 1
  --size SIZE        Bytes of a message: 64, 16KiB, 1MiB. Default: 64; with --bulk 64KiB
                     From 16 bytes on, wrong bytes can be told apart by where they came from.
  --pipeline N       Messages a connection has under way at once (closed loop). Default: 1
  --threads N        Default: as many as cores, but not more than connections
  --duration TIME    250ms, 30s, 5m. Default: 10s
  --warmup TIME      Before that, not measured; failures count all the same. Default: 1s; with
                     --hold 0s
  --timeout TIME     How long a connect or an echo may take before it counts as lost. Default: 5s

Connections:
  --reconnect        Connect again when a connection is lost, and say how long that took.
  --source ADDRESS   Local address to connect from; several (repeated, or with commas) take turns.
                     One address has about 28,000 ports.

Output:
  --json             The result as JSON on standard output, instead of the table. Latencies are in
                     nanoseconds. Progress goes to standard error either way.
  -h, --help         This text.

Ctrl-C ends a run early and still prints its result; a second one ends it at once.

Exit statuses:
  0  every connection stood, every byte was right
  1  a connection was refused or lost, or a byte was wrong
  2  wrong arguments

Examples:
  threadecho load localhost:9000 --connections 64 --duration 30s
  threadecho load echo.example:9000 --rate 1000 --connections 10 --reconnect --duration 5m
  threadecho load 127.0.0.1:9000 --hold --connections 50000 --source 127.0.0.2,127.0.0.3
)";
}

}  // namespace threadecho::client
