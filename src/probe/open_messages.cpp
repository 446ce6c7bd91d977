#include "probe/open_messages.h"

#include <utility>

#include "probe/probe_report.h"

namespace threadecho::probe {

void OpenMessages::add(std::uint64_t sequence, Clock::time_point due, Clock::time_point now) {
  const auto late = std::chrono::duration_cast<std::chrono::system_clock::duration>(now - due);
  messages_.push_back({.sequence = sequence, .since = now, .due_at = std::chrono::system_clock::now() - late});
}

void OpenMessages::connected(std::string local, Clock::time_point now) {
  local_ = std::move(local);
  for (Message& message : messages_) {
    message.waited = now - message.since;
    message.since = now;
  }
}

void OpenMessages::echoed(std::chrono::nanoseconds round_trip, std::size_t size, const std::string& peer) {
  const auto time = first().waited + round_trip;
  result_.messages.add_echoed(first().due_at, time, local_);
  lines_.add(echo_line(size, peer, first().sequence, time));
  messages_.pop_front();
}

void OpenMessages::lose_first(const client::Failure& failure) {
  lines_.lost(first().sequence, failure.text);
  settle_first_as_lost(failure);
}

void OpenMessages::lose_all(const client::Failure& failure) {
  while (!empty()) {
    lose_first(failure);
  }
}

void OpenMessages::lose_connection(const client::Failure& failure) {
  const client::Failure with_it{failure.kind, "lost with the connection of seq=" + std::to_string(first().sequence)};
  lose_first(failure);
  if (!empty()) {
    lines_.lost_together(first().sequence, messages_.back().sequence, with_it.text);
  }
  while (!empty()) {
    settle_first_as_lost(with_it);
  }
  local_.clear();
}

void OpenMessages::settle_first_as_lost(const client::Failure& failure) {
  result_.note(failure);
  result_.messages.add_lost(first().due_at, failure, local_);
  messages_.pop_front();
}

}  // namespace threadecho::probe
