#include "echo/thread_shortage.h"

#include "echo/log_lines.h"

namespace threadecho::echo {

void ThreadShortage::client_refused(const std::error_code& error, Clock::time_point now) noexcept {
  quota_.lower_limit();
  failed_at_ = now;
  if (!lasts_) {
    lasts_ = true;
    log_limit_lowered(log_, quota_.limit(), quota_.highest_limit(), error);
  }
}

void ThreadShortage::follow() {
  if (quota_.raise_limit_to_open() == quota_.highest_limit()) {
    end();
  }
}

Clock::time_point ThreadShortage::next_retry() const {
  return lasts_ && quota_.is_at_limit() ? failed_at_ + kRetry : Clock::time_point::max();
}

void ThreadShortage::retry(Clock::time_point now) {
  if (now < next_retry()) {
    return;
  }
  if (threads_.can_start_thread()) {
    end();
  } else {
    failed_at_ = now;
  }
}

void ThreadShortage::end() {
  lasts_ = false;
  quota_.restore_limit();
  log_.info("the limit of connections is restored", {{"limit", quota_.highest_limit()}});
}

}  // namespace threadecho::echo
