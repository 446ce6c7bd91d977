#include "probe/probe_result.h"

#include "cli/exit_status.h"

namespace threadecho::probe {

int ProbeResult::exit_status() const {
  if (failure) {
    return client::words_of(failure->kind).exit_status;
  }
  return signal && messages.echoed() == 0 ? cli::kEndedBySignal + *signal : 0;
}

void ProbeResult::note(const client::Failure& found) {
  if (!failure) {
    failure = found;
  }
}

}  // namespace threadecho::probe
