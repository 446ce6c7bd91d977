#pragma once

#include <optional>
#include <vector>

#include "client/resolver.h"
#include "load/load_state.h"
#include "net/endpoint.h"

namespace threadecho::load {

/// When a client of a load run connects again, and where to: 10 ms after a failure, and twice as long after each
/// further one, up to 500 ms. Only its worker's thread uses it.
class LoadReconnect {
 public:
  /// After a failure. Returns when the next connect is due.
  Nanoseconds schedule(Nanoseconds now);
  void cancel() noexcept { due_at_ = asked_at_ = 0; }
  void opened() noexcept { asked_at_ = 0; }
  /// A message came back.
  void succeed() noexcept { delay_ = 0; }
  [[nodiscard]] bool is_due(Nanoseconds now) const noexcept { return due_at_ != 0 && now >= due_at_; }

  /// The current addresses of the name or, if the look-up fails, the earlier ones; after that, no connect is due.
  /// Nothing while the client must wait for the look-up: call it again later.
  std::optional<std::vector<net::Endpoint>> addresses(LoadState& state, Nanoseconds now);

 private:
  std::optional<client::Resolution> look_up(const LoadState& state, Nanoseconds now);

  Nanoseconds due_at_ = 0;  ///< 0: it does not connect again
  Nanoseconds delay_ = 0;
  Nanoseconds asked_at_ = 0;  ///< when it asked for a look-up that has not answered; 0: it did not
};

}  // namespace threadecho::load
