#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "echo/connection.h"

namespace threadecho::echo {

/// Tells when a peer has acknowledged nothing for `timeout` while there was something to acknowledge. A value that
/// belongs to one connection's thread. Fed with the count of acknowledged bytes whenever a send could not go on.
class StallWatch {
 public:
  /// 0: never stalled.
  explicit StallWatch(std::chrono::milliseconds timeout) noexcept : timeout_(timeout) {}

  [[nodiscard]] bool stalled(std::uint64_t acknowledged_bytes, Clock::time_point now) noexcept {
    if (!since_ || acknowledged_bytes != acknowledged_bytes_) {
      since_ = now;
      acknowledged_bytes_ = acknowledged_bytes;
    }
    return timeout_.count() > 0 && now - *since_ >= timeout_;
  }
  /// Everything went out: the next stall begins anew.
  void reset() noexcept { since_.reset(); }

 private:
  std::chrono::milliseconds timeout_;
  std::optional<Clock::time_point> since_;
  std::uint64_t acknowledged_bytes_ = 0;
};

}  // namespace threadecho::echo
