#pragma once

#include <chrono>
#include <cstdint>
#include <functional>

#include "client/connect_pause.h"
#include "log/logger.h"
#include "watch/identity_schedule.h"
#include "watch/message_slots.h"
#include "watch/side_connection.h"
#include "watch/timers.h"
#include "watch/watch_connection.h"
#include "watch/watch_options.h"
#include "watch/watch_record.h"

namespace threadecho::watch {

/// What a path needs of its surroundings. All must outlive it.
struct PathContext {
  const WatchOptions& options;
  Sockets& sockets;
  Timers& timers;
  log::Logger& log;
  /// Asks the address for its pod and node, and calls WatchPath::take_identity() some time later.
  std::function<void(WatchPath& path)> ask_identity;
  /// A connection was lost: the name may mean another address by now.
  std::function<void()> ask_addresses;
};

/// One path: the connections to one address of a target. It is up while its lasting connection echoes. All calls are
/// the loop's.
class WatchPath final : public Timed {
 public:
  /// `number` differs from that of every other path, and spreads the paths over the interval.
  WatchPath(const PathContext& context, TargetRecord& target, const net::Endpoint& address, std::uint32_t number,
            Clock::time_point now);
  /// Ends its connections in order. What it has counted goes to the target's `ended`.
  ~WatchPath() override;

  void advance(Clock::time_point now) override;
  [[nodiscard]] Clock::time_point next_step() const override;
  /// epoll has reported one of its connections.
  void handle(WatchConnection& connection, Clock::time_point now);

  void take_identity(std::string pod, std::string node);
  [[nodiscard]] const PathRecord& record() const noexcept { return record_; }
  [[nodiscard]] std::uint32_t number() const noexcept { return number_; }

 private:
  void advance_lasting(Clock::time_point now);
  void advance_side(SideConnection& side, Clock::time_point now);
  /// When the lasting connection may begin to connect.
  [[nodiscard]] Clock::time_point opens_at() const;
  void send_if_due(Clock::time_point now);
  void take(WatchConnection& connection, Clock::time_point now);
  void take_connected(WatchConnection& connection, nanoseconds after, Clock::time_point now);
  /// Its message came back; a fresh connection has ended in order too.
  void take_success(WatchConnection& connection, std::optional<nanoseconds> round_trip, Clock::time_point now);
  void take_loss(WatchConnection& connection, Loss loss, Clock::time_point now);
  void take_lasting_loss(Loss loss, Clock::time_point now);
  void take_side_loss(SideConnection& side, Loss loss, Clock::time_point now);
  /// Once for each outage of a connection, as its line of the log.
  void count_loss(const Loss& loss);
  void go_up(Clock::time_point now);
  void read_tcp_info(Clock::time_point now);
  [[nodiscard]] SideConnection& side_of(const WatchConnection& connection);

  const PathContext& context_;
  const WatchOptions& options_;
  TargetRecord& target_;
  std::uint32_t number_;
  PathRecord record_;
  WatchConnection lasting_;
  client::ConnectPause pause_;
  Clock::time_point starts_at_;
  MessageSlots messages_;
  MessageResult attempt_ = MessageResult::kLost;  ///< what the last attempt came to, in PathState::kDown
  SideConnection fresh_;
  SideConnection idle_;
  Clock::time_point next_reading_;  ///< of the kernel's figures
  IdentitySchedule identity_;
};

}  // namespace threadecho::watch
