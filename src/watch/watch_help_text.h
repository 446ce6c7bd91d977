#pragma once

#include <string_view>

namespace threadecho::watch {

inline constexpr std::string_view kUsage = R"(Usage: threadecho watch [tcp://]HOST:PORT... [--flag VALUE]...

Which paths break connections, day and night? Keeps a connection to every address of every target,
echoes a message each interval, checks every byte, connects again, and exposes what it saw to
Prometheus until it is stopped. It waits for targets that do not exist yet; addresses come and go with
DNS. Each loss is one line of the log with its reason, and one more when the path is back.

Each flag is a variable of the environment too, such as WATCH_INTERVAL or WATCH_IPV4_ONLY=on; a switch
is on or off there. WATCH_TARGETS holds the targets, with commas or spaces between them, if the command
line has none.
)";

inline constexpr std::string_view kEnd = R"(
Endpoints: / (a live page), /metrics, /healthz, /readyz, /targets, /version.

Signals: SIGTERM and SIGINT end it. SIGHUP reads the targets file again, and ends
it if there is none.

Exit statuses:
  0      stopped, and nothing was lost
  1      stopped, and a connection was lost or refused, or bytes were wrong; or nothing could be run
  2      wrong settings or usage
  3      cannot bind to the HTTP address or port
  128+n  ended at once by a second signal n

Examples:
  threadecho watch echo.example.com:9000
  threadecho watch threadecho-headless:9000 --idle 1h --log-format json
  threadecho watch --targets-file targets.txt --dry-run
)";

}  // namespace threadecho::watch
