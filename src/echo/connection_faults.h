#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "echo/connection.h"
#include "echo/fault.h"
#include "echo/fault_table.h"

namespace threadecho::echo {

/// What the active faults do to one connection, message by message. There is one only while a fault hits the
/// connection. Belongs to the thread that serves it; never waits.
class ConnectionFaults {
 public:
  ConnectionFaults(FaultTable& table, const Connection& connection) noexcept : table_(table), connection_(connection) {}

  /// Takes over the faults that are active now. False if none hits the connection any more. Throws std::bad_alloc.
  bool update();

  /// A message has been received at `now`.
  void begin_message(Clock::time_point now) noexcept;
  /// How many bytes of `rest`, the part of the message that has not been echoed, may be sent now. 0 if it `is_held`, if
  /// the connection `ends`, or if `rest` is empty: a connection may also stall or end right after a message. Flips a
  /// bit of the first byte if that is due.
  std::size_t next(std::span<std::byte> rest, Clock::time_point now) noexcept;
  /// The kernel took this many bytes.
  void sent(std::size_t bytes, Clock::time_point now) noexcept;

  /// `next` let nothing pass before `held_until`.
  [[nodiscard]] bool is_held() const noexcept { return held_until_ != Clock::time_point{}; }
  [[nodiscard]] Clock::time_point held_until() const noexcept { return held_until_; }
  /// The connection has echoed as much as it may.
  bool ends() noexcept;
  /// It ends with an RST.
  [[nodiscard]] bool resets() const noexcept { return resets_; }

 private:
  struct Hit {
    FaultPtr fault;
    bool done = false;  ///< counted already; for faults that count once for each connection
  };

  [[nodiscard]] std::chrono::nanoseconds delay_of(const FaultSpec& spec) const noexcept;
  [[nodiscard]] std::uint64_t echoed() const noexcept { return connection_.counters.echoed_bytes.value(); }
  [[nodiscard]] Clock::time_point delayed_until() const noexcept;
  Clock::time_point stalled_until() noexcept;
  [[nodiscard]] std::uint64_t bytes_per_second() const noexcept;
  [[nodiscard]] std::size_t bytes_before_next(std::size_t size) const noexcept;
  void corrupt(std::byte& next) noexcept;
  [[nodiscard]] bool is_reached(const Hit& hit) const noexcept { return echoed() >= hit.fault->spec().after_bytes; }
  void count_once(Hit& hit) noexcept;

  FaultTable& table_;
  const Connection& connection_;
  std::vector<Hit> hits_;
  Clock::time_point received_at_{};
  Clock::time_point paced_until_{};  ///< by the slowest throttle
  Clock::time_point held_until_{};
  bool resets_ = false;
};

}  // namespace threadecho::echo
