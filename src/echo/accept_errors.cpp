#include "echo/accept_errors.h"

#include <cerrno>
#include <chrono>
#include <system_error>

#include "echo/log_lines.h"

namespace threadecho::echo {
namespace {

/// Long enough to cost nothing while an error lasts, short enough to accept again well within a second after it.
constexpr std::chrono::milliseconds kAcceptPause{100};
/// Errors that concern one client (it gave up, a firewall objected) are no reason to pause, unless many come in a row.
constexpr int kErrorsInARowBeforePause = 16;

/// Out of descriptors or memory: back off until some are freed.
bool is_exhaustion(int error_number) {
  return error_number == EMFILE || error_number == ENFILE || error_number == ENOBUFS || error_number == ENOMEM;
}

}  // namespace

void AcceptErrors::failed(int error_number, Clock::time_point now) {
  if (is_exhaustion(error_number) || ++in_a_row_ >= kErrorsInARowBeforePause) {
    paused_until_ = now + kAcceptPause;
  }
  counts_[index_of(accept_error_of(error_number))].add(1);
  log_failed(log_, lines_, "cannot accept a client", {error_number, std::generic_category()});
}

void AcceptErrors::add_to(Totals& totals) const {
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    totals.accept_errors[i] += counts_[i].value();
  }
}

}  // namespace threadecho::echo
