#pragma once

#include <array>
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string_view>
#include <thread>
#include <vector>

#include "echo/connection.h"
#include "echo/fault.h"
#include "log/logger.h"
#include "net/endpoint.h"

namespace threadecho::echo {

/// How many faults are active, and how often faults of each kind took effect since the server started.
struct FaultTotals {
  std::uint64_t active = 0;
  std::array<std::uint64_t, kFaultNames.size()> injected{};
};

/// The faults that are active now. Owned by the server. `start` and `stop` are for the thread that owns it, the rest is
/// for any. Its own thread, `faults`, ends each fault in time. With FAULTS=off there is neither a thread nor a fault.
class FaultTable {
 public:
  /// Faults that may be active at a time.
  static constexpr std::size_t kMost = 64;

  /// `on_change` is called after a fault has begun or ended, from `start` on, by the thread that did it.
  FaultTable(bool enabled, log::Logger& log, std::function<void()> on_change);
  ~FaultTable() { stop(); }
  FaultTable(const FaultTable&) = delete;
  FaultTable& operator=(const FaultTable&) = delete;

  /// Throws std::system_error if the thread cannot be created.
  void start();
  /// Ends all faults and joins the thread.
  void stop();

  /// FAULTS=on.
  [[nodiscard]] bool is_enabled() const noexcept { return enabled_; }

  /// Begins a fault; null if kMost are active, or once `stop` was called: nothing would end it. `newest_connection` is
  /// the number of the connection that was accepted last.
  FaultPtr add(FaultSpec spec, std::uint64_t newest_connection);
  /// `stop` was called.
  [[nodiscard]] bool has_stopped() const;
  /// Ends one; null if none with this number is active.
  FaultPtr end(std::uint64_t id);
  /// Ends all, and returns them.
  std::vector<FaultPtr> end_all();
  /// In the order in which they began.
  [[nodiscard]] std::vector<FaultPtr> active() const;
  [[nodiscard]] FaultTotals totals() const;

  /// A value that changes whenever a fault begins or ends; 0 while none is active. Relaxed: an echo thread that sees a
  /// new value asks for `active`.
  [[nodiscard]] std::uint32_t generation() const noexcept { return generation_.load(std::memory_order_relaxed); }
  /// Waits until `until`, a change since `generation`, or the end of `connection` from outside.
  void wait(Clock::time_point until, std::uint32_t generation, const Connection& connection);
  /// Call after connections were ended from outside: each `wait` for one of them returns.
  void wake_waiting();

  /// Counts that `fault` takes effect once.
  void count(Fault& fault) noexcept;
  /// Whether a new connection is to be refused; counts it.
  bool refuses(std::uint64_t connection, const net::Endpoint& peer);
  /// Whether /readyz has to answer 503.
  [[nodiscard]] bool is_unready() const;
  /// Counts such an answer.
  void count_unready();

 private:
  void watch();
  /// With the lock held.
  [[nodiscard]] FaultPtr find(FaultKind kind) const;
  FaultPtr take_out(std::vector<FaultPtr>::iterator place);
  void renew_generation();
  /// Without the lock: logs the end and reports the change.
  void ended(const Fault& fault, std::string_view how);
  void changed();

  const bool enabled_;
  log::Logger& log_;
  const std::function<void()> on_change_;
  std::array<std::atomic<std::uint64_t>, kFaultNames.size()> injected_{};  ///< relaxed, as Fault::injected
  std::atomic<std::uint32_t> generation_{0};                               ///< written under mutex_
  std::thread thread_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by mutex_:
  std::vector<FaultPtr> active_;
  std::uint64_t last_id_ = 0;
  std::uint32_t last_generation_ = 0;
  bool stopping_ = false;
};

}  // namespace threadecho::echo
