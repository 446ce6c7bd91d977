#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/failure.h"
#include "net/endpoint.h"
#include "stats/histogram.h"
#include "text/timestamps.h"

namespace threadecho::watch {

using Clock = std::chrono::steady_clock;
using std::chrono::nanoseconds;

/// From a loopback to a satellite, and beyond the usual timeout.
inline constexpr stats::Bounds<15> kTripBounds = {
    std::chrono::microseconds(50),  std::chrono::microseconds(100), std::chrono::microseconds(250),
    std::chrono::microseconds(500), std::chrono::milliseconds(1),   std::chrono::microseconds(2500),
    std::chrono::milliseconds(5),   std::chrono::milliseconds(10),  std::chrono::milliseconds(25),
    std::chrono::milliseconds(50),  std::chrono::milliseconds(100), std::chrono::milliseconds(250),
    std::chrono::milliseconds(500), std::chrono::seconds(1),        std::chrono::milliseconds(2500)};
using TripHistogram = stats::HistogramTotals<stats::BoundedBuckets<kTripBounds>>;

/// Which of the connections of a path.
enum class ConnectionKind : std::uint8_t {
  kLasting,  ///< carries a message each interval; the path is up while it echoes
  kFresh,    ///< opened now and then for one message and an orderly end
  kIdle,     ///< stays silent for --idle between two messages
};
inline constexpr std::array<std::string_view, 3> kConnectionNames = {"lasting", "fresh", "idle"};

/// What a connection was doing when it was lost.
enum class Place : std::uint8_t {
  kConnecting,
  kWaiting,     ///< for an echo
  kIdle,        ///< between two messages
  kHalfClosed,  ///< all is echoed, and the server owes its FIN
};
inline constexpr std::array<std::string_view, 4> kPlaceNames = {"connecting", "waiting", "idle", "half_closed"};

/// What became of a message that was due on a lasting connection.
enum class MessageResult : std::uint8_t {
  kOk,
  kLost,   ///< no echo, or none in time; also one that was due while the path was down
  kWrong,  ///< bytes that were not sent; also one that was due after an attempt that brought such bytes
};
inline constexpr std::array<std::string_view, 3> kMessageResultNames = {"ok", "lost", "wrong"};

MessageResult result_of(const client::Failure& failure);

enum class PathState : std::uint8_t { kStarting, kUp, kDown };
inline constexpr std::array<std::string_view, 3> kPathStateNames = {"starting", "up", "down"};

template <typename Enum>
constexpr std::size_t index_of(Enum value) {
  return static_cast<std::size_t>(value);
}

/// The kinds of wrong bytes that only `load` tells apart, and its kind of timeout, have no series here.
constexpr bool is_kind_of_watch(client::FailureKind kind) {
  using client::FailureKind;
  return kind != FailureKind::kNotReading && (kind < FailureKind::kMissing || kind > FailureKind::kSurplus);
}
inline constexpr auto kKindsOfWatch = static_cast<std::size_t>(
    std::ranges::count_if(client::kFailureKinds, &is_kind_of_watch, &client::FailureWords::kind));

/// One lost connection.
struct Loss {
  client::Failure failure;
  ConnectionKind connection = ConnectionKind::kLasting;
  Place place = Place::kConnecting;
  nanoseconds age{0};       ///< of the connection; 0 if it never was one
  net::Endpoint local;      ///< unknown if it never was one
  text::WallTime at;        ///< when it was noticed
  Clock::time_point began;  ///< of the outage: when the message without an echo was sent, or connecting began
};

/// Counters of a path; or of several, added up.
struct PathCounters {
  std::array<std::uint64_t, kMessageResultNames.size()> messages{};
  std::uint64_t lost = 0;  ///< connections; attempts that fail again within an outage do not count
  nanoseconds outage{0};   ///< without the one that lasts
  std::uint64_t retransmitted = 0;

  void add(const PathCounters& other);
};

/// What is known of one path: to one address of a target.
struct PathRecord {
  net::Endpoint address;
  std::string pod;
  std::string node;  ///< both empty if the address has not told
  PathState state = PathState::kStarting;
  text::WallTime since;            ///< of the state
  Clock::time_point outage_began;  ///< in kDown
  PathCounters counters;
  std::array<bool, kConnectionNames.size()> side_fails{};  ///< the last one of this kind was lost
  std::optional<Loss> last_loss;
  std::optional<nanoseconds> last_outage;     ///< that followed last_loss; nothing while it lasts
  std::optional<nanoseconds> round_trip;      ///< of the last message; nothing while the path is down
  std::optional<nanoseconds> tcp_round_trip;  ///< as the kernel smooths it; nothing while the path is down

  /// This connection fails now. While the path is down only the lasting one does: the others are not tried.
  [[nodiscard]] bool fails(ConnectionKind kind) const noexcept {
    return state == PathState::kDown ? kind == ConnectionKind::kLasting : side_fails[index_of(kind)];
  }
  /// Returns how long it was down, if it was.
  std::optional<nanoseconds> go_up(Clock::time_point now);
  void go_down(Loss loss, Clock::time_point now);
  /// With the outage that lasts.
  [[nodiscard]] nanoseconds outage(Clock::time_point now) const {
    return counters.outage + (state == PathState::kDown ? now - outage_began : nanoseconds(0));
  }
};

/// What is known of a target.
struct TargetRecord {
  std::string name;
  std::optional<std::string> error;  ///< why its name was not found, the last time
  std::array<std::uint64_t, client::kFailureKinds.size()> lost{};
  TripHistogram round_trip;
  TripHistogram connect;
  PathCounters ended;  ///< of paths whose address is gone
};

/// A reading of everything.
struct TargetSnapshot {
  TargetRecord target;
  std::vector<PathRecord> paths;
};
struct WatchSnapshot {
  Clock::time_point now;
  std::vector<TargetSnapshot> targets;
};

}  // namespace threadecho::watch
