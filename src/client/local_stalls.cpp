#include "client/local_stalls.h"

#include <fmt/format.h>

#include "text/durations.h"
#include "text/numbers.h"

namespace threadecho::client {

Json json_of(const LocalStalls& stalls) {
  return {{"count", stalls.count()},
          {"total_seconds", text::in_seconds(stalls.total())},
          {"longest_seconds", text::in_seconds(stalls.longest())}};
}

std::string text_of(const LocalStalls& stalls) {
  if (stalls.count() == 1) {
    return "this host did not run the client for " + text::format_latency(stalls.total());
  }
  return fmt::format("this host did not run the client {} times, for {} in all and {} at most",
                     text::format_count(stalls.count()), text::format_latency(stalls.total()),
                     text::format_latency(stalls.longest()));
}

}  // namespace threadecho::client
