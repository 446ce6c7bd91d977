#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "echo/connection.h"
#include "echo/reasons.h"
#include "net/endpoint.h"
#include "net/network.h"

namespace threadecho::echo {

/// What the server does wrong on demand. Label values of threadecho_faults_injected_total.
enum class FaultKind : std::uint8_t {
  kDelay,     ///< each message is echoed later
  kThrottle,  ///< the echo is slowed down
  kStall,     ///< nothing is received or echoed any more, and the connection stays open
  kClose,     ///< the connection ends with a FIN: a truncated echo
  kReset,     ///< the connection ends with an RST
  kCorrupt,   ///< one bit of one byte is flipped
  kRefuse,    ///< new connections are accepted and closed at once
  kUnready,   ///< /readyz answers 503
};
inline constexpr std::array<std::string_view, 8> kFaultNames = {"delay", "throttle", "stall",  "close",
                                                                "reset", "corrupt",  "refuse", "unready"};
constexpr std::string_view name_of(FaultKind kind) { return kFaultNames[index_of(kind)]; }

/// A fault as requested. The kind decides which values apply.
struct FaultSpec {
  FaultKind kind = FaultKind::kDelay;
  std::chrono::milliseconds delay{0};
  std::chrono::milliseconds jitter{0};  ///< at most `delay`; each delay is longer or shorter by up to this
  std::uint64_t bytes_per_second = 0;
  std::uint64_t after_bytes = 0;  ///< echoed since the connection began
  std::chrono::milliseconds duration{0};
  double share = 1;                        ///< of the connections
  std::vector<net::Network> clients = {};  ///< none: all
  bool only_new = false;                   ///< not for connections that were open before it

  /// "delay=200ms jitter=50ms share=0.1 clients=10.0.0.0/8 scope=new": the values that differ from the defaults.
  [[nodiscard]] std::string to_text() const;
};

/// A fault that has begun. Shared by the table and the connections that it hits; nothing changes but its count.
class Fault {
 public:
  /// `newest_connection` is the number of the connection that was accepted last.
  Fault(std::uint64_t id, FaultSpec spec, Clock::time_point begin, std::uint64_t newest_connection);

  [[nodiscard]] std::uint64_t id() const noexcept { return id_; }
  [[nodiscard]] const FaultSpec& spec() const noexcept { return spec_; }
  [[nodiscard]] FaultKind kind() const noexcept { return spec_.kind; }
  [[nodiscard]] Clock::time_point end() const noexcept { return end_; }
  [[nodiscard]] bool is_over(Clock::time_point now) const noexcept { return now >= end_; }

  /// Whether the connection with this number is among those that the fault is for. Follows from the number and the
  /// address alone, so that a run can be repeated.
  [[nodiscard]] bool is_for(std::uint64_t connection, const net::Endpoint& peer) const noexcept;
  /// Whether it changes what open connections echo.
  [[nodiscard]] bool is_about_echo() const noexcept { return kind() < FaultKind::kRefuse; }

  /// How often it took effect: messages of `delay` and `throttle`, answers of /readyz for `unready`, otherwise
  /// connections. Relaxed: nothing else is handed over with it.
  [[nodiscard]] std::uint64_t injected() const noexcept { return injected_.load(std::memory_order_relaxed) & ~kEnded; }
  /// After `stop_counting` it returns false and counts nothing, so that the count in the log line of the fault's end
  /// stays true.
  bool count() noexcept;
  void stop_counting() noexcept { injected_.fetch_or(kEnded, std::memory_order_relaxed); }

 private:
  static constexpr std::uint64_t kEnded = std::uint64_t{1} << 63U;

  const std::uint64_t id_;
  const FaultSpec spec_;
  const Clock::time_point end_;
  const std::uint64_t after_connection_;    ///< connections with this number or a lower one are not hit
  std::atomic<std::uint64_t> injected_{0};  ///< with kEnded in it
};
using FaultPtr = std::shared_ptr<Fault>;

}  // namespace threadecho::echo
