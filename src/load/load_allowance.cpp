#include "load/load_allowance.h"

#include <cstdint>

namespace threadecho::load {

void allow_at_start(LoadConnection& connection, const LoadState& state, Nanoseconds now, Nanoseconds connect_began) {
  const LoadOptions& options = state.context.options;
  switch (options.mode) {
    case LoadMode::kClosed:
      if (state.has_one_client) {
        connection.let_receive_wait();
      }
      for (std::uint32_t i = 0; i < options.pipeline; ++i) {
        connection.allow_message(options, now);
      }
      break;
    case LoadMode::kBulk:
      connection.allow_everything();
      break;
    case LoadMode::kChurn:
      connection.allow_message(options, connect_began);
      break;
    case LoadMode::kHold:
      connection.allow_message(options, now);
      break;
    case LoadMode::kOpen:  // waits until a message is due
      break;
  }
}

void allow_at_end(LoadConnection& connection, const LoadOptions& options, Nanoseconds now) {
  connection.allow_no_more(options);
  if (options.mode == LoadMode::kHold) {
    connection.allow_message(options, now);
  }
}

}  // namespace threadecho::load
