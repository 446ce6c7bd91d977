#pragma once

#include <optional>

#include "watch/watch_connection.h"
#include "watch/watch_options.h"
#include "watch/watch_record.h"

namespace threadecho::watch {

/// The fresh or the idle connection of a path: when it is due, and since when it fails. Never acts by itself: the path
/// does what step() says. Belongs to the loop.
class SideConnection {
 public:
  /// `due` is when it is opened first; Clock::time_point::max() for never. See WatchConnection for the rest.
  SideConnection(const WatchOptions& options, Sockets& sockets, WatchPath& path, ConnectionKind kind,
                 const net::Endpoint& address, std::uint32_t number, Clock::time_point due)
      : options_(options), connection_(options, sockets, path, kind, address, number), due_(due) {}

  [[nodiscard]] WatchConnection& connection() noexcept { return connection_; }

  enum class Step { kNothing, kConnect, kSend };
  /// What is due now. While the path is not up, its lasting connection tries already.
  Step step(Clock::time_point now, bool is_path_up);
  [[nodiscard]] Clock::time_point next_step() const;

  /// Its message came back, and a fresh one has ended in order. Returns how long it had failed, if it had.
  std::optional<nanoseconds> succeed(Clock::time_point now);
  /// It was lost. Returns whether its outage begins with that.
  bool fail(const Loss& loss, Clock::time_point now);

 private:
  [[nodiscard]] nanoseconds retry_after() const;
  [[nodiscard]] bool is_fresh() const noexcept { return connection_.kind() == ConnectionKind::kFresh; }

  const WatchOptions& options_;
  WatchConnection connection_;
  Clock::time_point due_;  ///< when to open it, or to send on it
  std::optional<Clock::time_point> failing_since_;
};

}  // namespace threadecho::watch
