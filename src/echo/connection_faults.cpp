#include "echo/connection_faults.h"

#include <algorithm>

#include "echo/spread.h"

namespace threadecho::echo {
namespace {

using std::chrono::nanoseconds;

/// A throttle lets a connection send at once as many bytes as it may send in this time.
constexpr std::uint64_t kChunksPerSecond = 20;
constexpr nanoseconds kChunk = nanoseconds(std::chrono::seconds(1)) / static_cast<std::int64_t>(kChunksPerSecond);
static_assert(kChunk == std::chrono::milliseconds(50));  // whole seconds would round it to 0

std::size_t chunk_size(std::uint64_t bytes_per_second) {
  return static_cast<std::size_t>(std::max<std::uint64_t>(1, bytes_per_second / kChunksPerSecond));
}

}  // namespace

bool ConnectionFaults::update() {
  std::vector<Hit> hits;
  for (FaultPtr& fault : table_.active()) {
    if (fault->is_about_echo() && fault->is_for(connection_.id(), connection_.peer())) {
      const auto known = std::ranges::find(hits_, fault, &Hit::fault);
      hits.push_back({.fault = std::move(fault), .done = known != hits_.end() && known->done});
    }
  }
  hits_ = std::move(hits);
  return !hits_.empty();
}

void ConnectionFaults::begin_message(Clock::time_point now) noexcept {
  received_at_ = now;
  for (const Hit& hit : hits_) {
    if (hit.fault->kind() == FaultKind::kDelay || hit.fault->kind() == FaultKind::kThrottle) {
      table_.count(*hit.fault);
    }
  }
}

std::size_t ConnectionFaults::next(std::span<std::byte> rest, Clock::time_point now) noexcept {
  const std::uint64_t rate = bytes_per_second();
  held_until_ = {};
  if (!rest.empty()) {
    held_until_ = std::max(delayed_until(), rate > 0 ? paced_until_ : Clock::time_point{});
  }
  if (held_until_ <= now) {
    held_until_ = stalled_until();  // asked last: a message that is delayed has not reached the stall
  }
  if (held_until_ > now) {
    return 0;
  }
  held_until_ = {};
  if (ends() || rest.empty()) {
    return 0;
  }
  corrupt(rest.front());
  const std::size_t most = bytes_before_next(rest.size());
  return rate > 0 ? std::min(most, chunk_size(rate)) : most;
}

void ConnectionFaults::sent(std::size_t bytes, Clock::time_point now) noexcept {
  if (const auto rate = static_cast<std::int64_t>(bytes_per_second()); rate > 0) {
    // A late thread may catch up, but by one chunk at most.
    paced_until_ = std::max(paced_until_, now - kChunk) + nanoseconds(std::chrono::seconds(bytes)) / rate;
  }
}

nanoseconds ConnectionFaults::delay_of(const FaultSpec& spec) const noexcept {
  // -1 to 1, from the numbers of connection and message, so that a run can be repeated.
  const std::uint64_t message = connection_.id() * 31 + connection_.counters.receives.value();
  const double fraction = spread(message) / 2147483648.0 - 1;
  return spec.delay + std::chrono::duration_cast<nanoseconds>(spec.jitter * fraction);
}

Clock::time_point ConnectionFaults::delayed_until() const noexcept {
  Clock::time_point until = received_at_;
  for (const Hit& hit : hits_) {
    if (hit.fault->kind() == FaultKind::kDelay) {
      until += delay_of(hit.fault->spec());
    }
  }
  return until;
}

Clock::time_point ConnectionFaults::stalled_until() noexcept {
  Clock::time_point until{};
  for (Hit& hit : hits_) {
    if (hit.fault->kind() == FaultKind::kStall && is_reached(hit)) {
      count_once(hit);
      until = std::max(until, hit.fault->end());
    }
  }
  return until;
}

bool ConnectionFaults::ends() noexcept {
  for (Hit& hit : hits_) {
    const FaultKind kind = hit.fault->kind();
    if ((kind == FaultKind::kClose || kind == FaultKind::kReset) && is_reached(hit)) {
      count_once(hit);
      resets_ = kind == FaultKind::kReset;
      return true;
    }
  }
  return false;
}

/// The rate of the slowest throttle; 0 without one.
std::uint64_t ConnectionFaults::bytes_per_second() const noexcept {
  std::uint64_t least = 0;
  for (const Hit& hit : hits_) {
    const std::uint64_t rate = hit.fault->spec().bytes_per_second;
    if (rate > 0) {
      least = least == 0 ? rate : std::min(least, rate);
    }
  }
  return least;
}

/// Up to the byte at which the next fault begins to act.
std::size_t ConnectionFaults::bytes_before_next(std::size_t size) const noexcept {
  for (const Hit& hit : hits_) {
    if (!is_reached(hit)) {
      const std::uint64_t left = hit.fault->spec().after_bytes - echoed();
      size = static_cast<std::size_t>(std::min<std::uint64_t>(size, left));
    }
  }
  return size;
}

void ConnectionFaults::corrupt(std::byte& next) noexcept {
  for (Hit& hit : hits_) {
    if (hit.fault->kind() == FaultKind::kCorrupt && !hit.done && is_reached(hit)) {
      count_once(hit);
      next ^= std::byte{1} << (hit.fault->id() % 8);  // two faults do not undo each other
    }
  }
}

void ConnectionFaults::count_once(Hit& hit) noexcept {
  if (!hit.done) {
    hit.done = true;
    table_.count(*hit.fault);
  }
}

}  // namespace threadecho::echo
