#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <utility>

#include "client/echo_exchange.h"
#include "client/failure.h"
#include "probe/probe_lines.h"
#include "probe/probe_result.h"

namespace threadecho::probe {

/// The messages of a probe that are due, and neither back nor lost: those on its connection, or those that wait for
/// one. They end in the order in which they were due, because TCP keeps it. Records the outcome of each in the result,
/// and prints it.
class OpenMessages {
 public:
  using Clock = std::chrono::steady_clock;

  struct Message {
    std::uint64_t sequence = 0;
    /// When it was due or, if that was later, when this host let the probe begin it, or when there was a connection.
    Clock::time_point since;
    std::chrono::system_clock::time_point due_at;
    std::chrono::nanoseconds waited{0};  ///< for a connection
  };

  /// Both must outlive this.
  OpenMessages(ProbeResult& result, ProbeLines& lines) : result_(result), lines_(lines) {}

  [[nodiscard]] std::size_t size() const noexcept { return messages_.size(); }
  [[nodiscard]] bool empty() const noexcept { return messages_.empty(); }
  [[nodiscard]] const Message& first() const { return messages_.front(); }
  [[nodiscard]] auto begin() const noexcept { return messages_.begin(); }
  [[nodiscard]] auto end() const noexcept { return messages_.end(); }

  /// `now` is not before `due`.
  void add(std::uint64_t sequence, Clock::time_point due, Clock::time_point now);
  /// There is a connection from this local address. The timeout of messages that waited for it begins now.
  void connected(std::string local, Clock::time_point now);
  /// The first one came back.
  void echoed(std::chrono::nanoseconds round_trip, std::size_t size, const std::string& peer);
  void lose_first(const client::Failure& failure);
  /// All for the same reason, each on its own.
  void lose_all(const client::Failure& failure);
  /// The first one for this reason, and with it the connection and so all others.
  void lose_connection(const client::Failure& failure);

 private:
  void settle_first_as_lost(const client::Failure& failure);

  ProbeResult& result_;
  ProbeLines& lines_;
  std::deque<Message> messages_;
  std::string local_;  ///< of the connection
};

}  // namespace threadecho::probe
