#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>

#include "echo/connection.h"

namespace threadecho::echo {

/// Tells when a peer has acknowledged nothing for `timeout` while it had something to acknowledge. A value that belongs
/// to one connection's thread, which feeds it the count of acknowledged bytes whenever a send cannot go on.
class WriteStallDetector {
 public:
  /// 0: never stalled.
  explicit WriteStallDetector(std::chrono::milliseconds timeout) noexcept : timeout_(timeout) {}

  /// Whether the stall begins with this look, or the peer has acknowledged bytes since the last one.
  [[nodiscard]] bool is_progress(std::uint64_t acknowledged_bytes) const noexcept {
    return !since_ || acknowledged_bytes != acknowledged_bytes_;
  }
  /// The peer acknowledged the last of `acknowledged_bytes` at `since`.
  void note_progress(std::uint64_t acknowledged_bytes, Clock::time_point since) noexcept {
    since_ = since;
    acknowledged_bytes_ = acknowledged_bytes;
  }
  /// Everything has been sent: the next stall is another one.
  void reset() noexcept { since_.reset(); }

  /// When the peer has been stalled for the timeout, unless it makes progress; max() for never.
  [[nodiscard]] Clock::time_point deadline() const noexcept {
    return since_ && timeout_.count() > 0 ? *since_ + timeout_ : Clock::time_point::max();
  }
  [[nodiscard]] bool is_stalled(Clock::time_point now) const noexcept { return now >= deadline(); }
  /// When to look again after a look at `now`: twice as long after the last progress, but not after the deadline. So
  /// the last progress is known almost exactly, for few looks. max() for never.
  [[nodiscard]] Clock::time_point next_look(Clock::time_point now) const noexcept {
    return deadline() == Clock::time_point::max() ? deadline()
                                                  : std::min(deadline(), now + std::max(kFirstPause, now - *since_));
  }

 private:
  static constexpr Clock::duration kFirstPause = std::chrono::milliseconds(50);

  std::chrono::milliseconds timeout_;
  std::optional<Clock::time_point> since_;
  std::uint64_t acknowledged_bytes_ = 0;
};

}  // namespace threadecho::echo
