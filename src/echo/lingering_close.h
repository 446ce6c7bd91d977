#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>

#include "echo/reasons.h"
#include "echo/session.h"

namespace threadecho::echo {

/// The last part of a connection's life: sends and receives what must pass before the descriptor may close, so that no
/// reset destroys echoed bytes in flight. A sequence of steps that never wait; between them the thread that serves the
/// connection waits for what a step returned.
class LingeringClose {
 public:
  explicit LingeringClose(Session& session) noexcept : session_(session) {}

  /// The connection ends for `reason`, which is the session's or an error's.
  void begin(CloseReason reason);
  /// The client has closed its sending side: recv returned 0.
  void begin_after_client_closed();

  /// What to wait for before the next step, and until when; max() is without a limit. Both directions are shut while
  /// kChange is awaited: poll(2) would report a hang-up at once, an edge-triggered epoll set reports each change.
  enum class Event { kReadable, kChange };
  struct Wait {
    Event event;
    Clock::time_point until;
  };
  /// Does what can be done at `now`; discards into `scratch` what the client sends. Nothing: the descriptor may close,
  /// for `reason()`.
  std::optional<Wait> step(Clock::time_point now, std::span<std::byte> scratch);
  [[nodiscard]] CloseReason reason() const noexcept { return reason_; }

 private:
  enum class Stage {
    kLingering,       ///< our side is shut; what the client sends is discarded until it closes, or the time is over
    kDeliveringTail,  ///< the client has closed its side and waits for the rest of its echo
    kAcknowledging,   ///< both sides are shut; what is queued may leave within the time
    kResetting,       ///< what is queued may leave while the client makes progress; then an RST
    kDone,
  };

  std::optional<Wait> linger(Clock::time_point now, std::span<std::byte> scratch);
  std::optional<Wait> deliver_tail(Clock::time_point now);
  std::optional<Wait> await_acknowledgement(Clock::time_point now);
  std::optional<Wait> await_reset(Clock::time_point now);
  [[nodiscard]] Clock::time_point deadline() const noexcept;
  [[nodiscard]] int fd() const noexcept { return session_.fd(); }

  Session& session_;
  Stage stage_ = Stage::kDone;
  CloseReason reason_ = CloseReason::kError;
  Clock::time_point begun_at_{};  ///< the end that a fault or a timer brought
  Clock::time_point linger_until_ = Clock::time_point::max();
  bool sending_shut_ = false;  ///< while the tail is delivered
};

}  // namespace threadecho::echo
