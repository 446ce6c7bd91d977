#pragma once

#include <sys/epoll.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <span>
#include <vector>

#include "client/signal_fd.h"
#include "client/target.h"
#include "log/logger.h"
#include "log/rate_limit.h"
#include "net/fd.h"
#include "watch/background.h"
#include "watch/target_set.h"
#include "watch/timers.h"
#include "watch/watch_options.h"
#include "watch/watch_record.h"
#include "watch/watch_target.h"

namespace threadecho::watch {

/// Watches all paths with one thread: that of run(). Other threads call snapshot() and is_ready() only.
class WatchLoop {
 public:
  /// All must outlive this. `hangups` is readable when the targets are to be read again; -1 for never. Throws
  /// std::system_error without descriptors.
  WatchLoop(const WatchOptions& options, log::Logger& log, client::SignalFd& signals, int hangups);
  ~WatchLoop();

  /// Until a signal comes. Throws std::system_error if epoll fails.
  void run();

  /// What is known now: one consistent reading. Holds the loop up while it copies.
  [[nodiscard]] WatchSnapshot snapshot() const;
  /// Each target has been looked up once, and the loop has not ended.
  [[nodiscard]] bool is_ready() const noexcept { return is_ready_.load(std::memory_order_relaxed); }
  [[nodiscard]] bool has_losses() const;

  /// If a thread still looks a name up, ends the process with `status` instead of waiting for it; else returns it.
  [[nodiscard]] int end_with(int status) const;

 private:
  void add_descriptor(int fd, void* owner);
  void watch(const std::vector<client::Target>& targets);
  void reload();
  void ask_identity(WatchPath& path);
  void tick(Clock::time_point now);
  bool run_due(Clock::time_point now);
  std::span<epoll_event> next_events(int timeout);
  void take_events();
  void take(std::span<const epoll_event> events);
  void note_late(Clock::time_point due, Clock::time_point now);
  void note_ready();
  [[nodiscard]] Clock::time_point next_tick() const;

  const WatchOptions& options_;
  log::Logger& log_;
  client::SignalFd& signals_;
  int hangups_;
  net::Fd epoll_;
  Sockets sockets_;
  Timers timers_;
  Background names_;
  Background identities_;
  std::array<epoll_event, 256> events_{};  ///< of the last call of next_events()
  Clock::duration tick_;
  log::RateLimit late_lines_{std::chrono::seconds(10)};
  mutable std::mutex mutex_;  ///< held while the loop works, not while it waits; protects the members below
  std::uint32_t next_path_ = 0;
  std::size_t paths_ = 0;
  bool lacks_descriptors_ = false;
  WatchTarget::Context context_;
  TargetSet targets_;
  std::atomic<bool> is_ready_{false};  ///< relaxed: it orders nothing
};

}  // namespace threadecho::watch
