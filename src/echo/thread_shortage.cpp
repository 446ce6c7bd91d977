#include "echo/thread_shortage.h"

#include "echo/log_lines.h"

namespace threadecho::echo {

void ThreadShortage::client_refused(const std::error_code& error, std::uint32_t reached,
                                    Clock::time_point now) noexcept {
  const bool is_new = !lasts_ || now - failed_at_ >= kRetry;
  quota_.lower_limit(reached);
  lasts_ = true;
  failed_at_ = now;
  if (is_new) {
    log_limit_lowered(log_, quota_.limit(), quota_.highest_limit(), error);
  }
}

void ThreadShortage::follow(std::uint32_t reached) {
  if (quota_.raise_limit(reached) == quota_.highest_limit()) {
    end();
  }
}

Clock::time_point ThreadShortage::next_retry() const {
  if (!lasts_) {
    return Clock::time_point::max();
  }
  return failed_at_ + (quota_.is_at_limit() ? kRetry : kForget);
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
