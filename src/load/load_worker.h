#pragma once

#include <sys/epoll.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "load/load_connection.h"
#include "load/load_incidents.h"
#include "load/load_options.h"
#include "load/load_recorder.h"
#include "load/sample_file.h"
#include "net/endpoint.h"
#include "net/fd.h"
#include "net/wakeup.h"

namespace threadecho::load {

/// What main and its workers tell each other; each change is followed by a wake-up. Release and acquire, so that what
/// was written before a change is seen by whoever sees it: a worker's last figures with `ended`.
struct LoadControl {
  std::atomic<Nanoseconds> start{0};      ///< when the warm-up begins; 0: not all connections are up yet
  std::atomic<bool> stop{false};          ///< the user wants the result now
  std::atomic<std::uint32_t> settled{0};  ///< connections that are up, or failed, for the first time
  std::atomic<std::uint32_t> ended{0};    ///< workers that are through
  net::Wakeup to_main;
  SampleFile* samples = nullptr;  ///< takes every measured latency; set before the workers are made
};

/// A connection to the target that was made before the run; none without a descriptor.
struct OpenConnection {
  net::Fd fd;
  std::chrono::nanoseconds connect_time{};
};

/// One thread's share of a load run: every threads-th connection, and the epoll loop that drives them. Made by main,
/// which calls wake() whenever it has changed the control, and reads the results after run() has returned; while it
/// runs only the recorder's counters and histograms may be read.
class LoadWorker {
 public:
  /// Throws std::system_error without descriptors for epoll.
  LoadWorker(const LoadOptions& options, const net::Endpoint& target, std::uint32_t number, LoadControl& control);

  /// Until all is done or lost. Throws std::system_error when epoll fails.
  void run();
  void wake() noexcept { wakeup_.notify(); }
  /// Its first connection is this one. Call before run().
  void take_over(OpenConnection connection) { first_ = std::move(connection); }

  [[nodiscard]] const LoadRecorder& recorder() const noexcept { return context_.recorder; }
  /// When it stopped counting messages: at the end of the run, or when its last connection was lost.
  [[nodiscard]] Nanoseconds ended_measuring() const noexcept { return ended_measuring_; }
  [[nodiscard]] LoadIncidents& incidents() noexcept { return incidents_; }

 private:
  enum class Phase : std::uint8_t { kOpening, kRunning, kFinishing, kDone };

  struct Slot {
    LoadConnection connection;
    std::uint32_t interest = 0;  ///< what epoll watches
    bool has_settled = false;
    bool is_broken = false;  ///< its incident is open
    std::size_t incident = LoadIncidents::kNotKept;
    Nanoseconds retry_at = 0;  ///< 0: not to be connected again
    Nanoseconds retry_delay = 0;
    Nanoseconds connect_began = 0;
  };

  void wait_for_events(Nanoseconds now);
  [[nodiscard]] Nanoseconds next_deadline() const;
  std::optional<Nanoseconds> wait_in_receive();
  void take_control(Nanoseconds now);
  void begin_run(Nanoseconds start);
  void finish_run();
  void tick(Nanoseconds now);
  void send_due(Nanoseconds now, int most);

  void adopt_first(Nanoseconds now);
  void open_some(Nanoseconds now);
  void connect(Slot& slot, Nanoseconds now);
  void handle(Slot& slot, std::uint32_t events);
  void receive(Slot& slot, LoadConnection::Waiting waiting);
  void on_open(Slot& slot, Nanoseconds now);
  void load(Slot& slot, Nanoseconds now);
  void after_receive(Slot& slot);
  void pump(Slot& slot, Nanoseconds now);
  void fail(Slot& slot, client::Failure failure);
  void settle(Slot& slot);
  void shut(Slot& slot);
  void watch(Slot& slot);
  [[nodiscard]] bool is_through() const;

  LoadContext context_;
  const net::Endpoint target_;
  LoadControl& control_;
  OpenConnection first_;
  net::Fd epoll_;
  net::Wakeup wakeup_;
  bool has_precise_wait_ = true;  ///< epoll_pwait2(2), until it turns out not to be there
  std::vector<Slot> slots_;
  LoadIncidents incidents_;
  Phase phase_ = Phase::kOpening;
  std::size_t next_to_open_ = 0;
  std::size_t connecting_ = 0;
  std::size_t retrying_ = 0;     ///< slots with retry_at
  std::size_t diagnosing_ = 0;   ///< an upper bound: looked at often while not 0
  std::uint64_t due_round_ = 0;  ///< open loop: the message that is due next
  std::size_t due_slot_ = 0;
  Nanoseconds due_at_ = INT64_MAX;
  Nanoseconds next_tick_ = 0;
  Nanoseconds ended_measuring_ = 0;
};

}  // namespace threadecho::load
