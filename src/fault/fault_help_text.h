#pragma once

#include <string_view>

namespace threadecho::fault {

inline constexpr std::string_view kFaultUsage =
    R"(Usage: threadecho fault add KIND [VALUE] --for DURATION [--flag VALUE]...
       threadecho fault list
       threadecho fault clear [ID]

Makes a server misbehave on demand, lists its active faults, or ends them. The server must run with FAULTS=on.

Kinds:
  delay DURATION             each message is echoed later
  throttle BYTES_PER_SECOND  echoes leave at this rate
  stall [AFTER_BYTES]        nothing is received or echoed any more; the connection stays open
  close [AFTER_BYTES]        FIN after AFTER_BYTES echoed bytes: a truncated echo
  reset [AFTER_BYTES]        RST after AFTER_BYTES echoed bytes
  corrupt [AFTER_BYTES]      one bit of the next byte is flipped
  refuse                     new connections are accepted and closed
  unready                    /readyz answers 503

)";

inline constexpr std::string_view kFaultEnd = R"(
Exit statuses:
  0      done
  1      the server cannot be reached, or refuses
  2      wrong usage

JSON: type (faults or error), target, faults [{id, fault, share, clients, scope, duration_seconds, left_seconds,
injected, and delay_seconds, jitter_seconds, bytes_per_second or after_bytes}]: the fault that was added, those that
are active, or those that were ended. error {kind, message}.

Examples:
  threadecho fault add delay 200ms --share 10% --for 5m --at echo:8080
  threadecho fault add reset 1000 --for 1m --clients 10.0.0.0/8
  threadecho fault clear
)";

}  // namespace threadecho::fault
