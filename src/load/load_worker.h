#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "load/load_client.h"
#include "load/load_incidents.h"
#include "load/load_options.h"
#include "load/load_recorder.h"
#include "load/precise_epoll.h"
#include "net/endpoint.h"
#include "net/wakeup.h"

namespace threadecho::load {

/// One thread's share of a load run: every threads-th connection, and the epoll loop that drives them. Made by main,
/// which calls wake() after each change of the control, and reads the results after run() has returned; while it runs
/// only the recorder's counters and histograms may be read.
class LoadWorker {
 public:
  /// Throws std::system_error without descriptors for epoll.
  LoadWorker(const LoadOptions& options, const net::Endpoint& target, std::uint32_t number, LoadControl& control);

  /// Returns when all is done or lost. Throws std::system_error when epoll fails.
  void run();
  void wake() noexcept { wakeup_.notify(); }
  /// Its first connection is this one. Call before run().
  void take_over(client::Connected connection) { first_ = std::move(connection); }

  [[nodiscard]] const LoadRecorder& recorder() const noexcept { return state_.context.recorder; }
  /// When it stopped counting messages: at the end of the run, or when its last connection was lost.
  [[nodiscard]] Nanoseconds ended_measuring() const noexcept { return ended_measuring_; }
  [[nodiscard]] const std::vector<net::Endpoint>& connected_to() const noexcept { return state_.connected_to; }
  [[nodiscard]] LoadIncidents& incidents() noexcept { return state_.incidents; }
  [[nodiscard]] LoadOpenings& openings() noexcept { return state_.openings; }

 private:
  /// When the next connection opens: now, or in the ramp one after the other; INT64_MAX if none does.
  [[nodiscard]] Nanoseconds opens_at() const;
  void open_some(Nanoseconds now);
  void wait_for_events(Nanoseconds now);
  int take_events(Nanoseconds wait);
  void take_all_events();
  [[nodiscard]] Nanoseconds next_deadline() const;
  std::optional<Nanoseconds> wait_in_receive();
  void take_control(Nanoseconds now);
  void begin_run(Nanoseconds start);
  void finish_run();
  void check_all(Nanoseconds now);
  void send_due(Nanoseconds now, int most);
  [[nodiscard]] bool is_done() const;

  LoadState state_;
  client::Connected first_;
  net::Wakeup wakeup_;
  PreciseEpoll wait_;
  std::vector<LoadClient> clients_;  ///< never grows after the constructor: epoll has their addresses
  std::size_t next_to_open_ = 0;
  std::uint64_t due_round_ = 0;  ///< open loop: the message that is due next
  std::size_t due_client_ = 0;
  Nanoseconds due_at_ = INT64_MAX;
  Nanoseconds ended_measuring_ = 0;
  Nanoseconds check_due_ = INT64_MAX;  ///< as the last check said; a change may bring it forward
};

}  // namespace threadecho::load
