#include "watch/watch_record.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace threadecho::watch {

MessageResult result_of(const client::Failure& failure) {
  const bool is_wrong =
      client::words_of(failure.kind).exit_status == client::words_of(client::FailureKind::kWrongBytes).exit_status;
  return is_wrong ? MessageResult::kWrong : MessageResult::kLost;
}

void PathCounters::add(const PathCounters& other) {
  std::ranges::transform(messages, other.messages, messages.begin(), std::plus{});
  lost += other.lost;
  outage += other.outage;
  retransmitted += other.retransmitted;
}

std::optional<nanoseconds> PathRecord::go_up(Clock::time_point now) {
  std::optional<nanoseconds> ended;
  if (state == PathState::kDown) {
    ended = now - outage_began;
    counters.outage += *ended;
    last_outage = ended;
  }
  state = PathState::kUp;
  since = std::chrono::system_clock::now();
  return ended;
}

void PathRecord::go_down(Loss loss, Clock::time_point now) {
  outage_began = loss.began;
  state = PathState::kDown;
  since = loss.at - std::chrono::duration_cast<nanoseconds>(now - loss.began);
  last_outage.reset();
  round_trip.reset();
  tcp_round_trip.reset();
  last_loss = std::move(loss);
}

}  // namespace threadecho::watch
