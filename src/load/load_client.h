#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "client/connect_race.h"
#include "client/failure.h"
#include "client/name_lookup.h"
#include "client/resolver.h"
#include "load/epoll_interest.h"
#include "load/load_connection.h"
#include "load/load_incidents.h"
#include "load/load_openings.h"
#include "load/load_recorder.h"
#include "load/sample_file.h"
#include "net/endpoint.h"
#include "net/fd.h"
#include "net/wakeup.h"

namespace threadecho::load {

/// What main and its workers tell each other; each change is followed by a wake-up. Release and acquire: a thread that
/// sees a change also sees what was written before it, such as a worker's last figures before `ended`.
struct LoadControl {
  std::atomic<Nanoseconds> start{0};      ///< when the warm-up begins; 0: not all connections are up yet
  std::atomic<bool> stop{false};          ///< the user wants the result now
  std::atomic<std::uint32_t> settled{0};  ///< connections that are up, or failed, for the first time
  std::atomic<std::uint32_t> ended{0};    ///< workers that have ended
  net::Wakeup to_main;
  // Set before the workers are made.
  SampleFile* samples = nullptr;        ///< takes every measured latency
  client::NameLookup* names = nullptr;  ///< see LoadState
};

enum class Phase : std::uint8_t { kOpening, kRunning, kFinishing, kDone };

/// What the clients of one worker share.
struct LoadState {
  LoadContext context;
  client::NameLookup* names;                 ///< for reconnects; null: the target is at the same address always
  net::Endpoint target;                      ///< where this worker connected to last
  std::vector<net::Endpoint> known = {};     ///< what the last look-up found that found something; empty: `target`
  std::vector<net::Endpoint> moved_to = {};  ///< after its first target
  LoadControl& control;
  net::Fd epoll;
  bool has_one_client = false;
  LoadIncidents incidents = {};
  LoadOpenings openings = {};
  Phase phase = Phase::kOpening;
  std::size_t connecting = 0;
  std::size_t retrying = 0;    ///< clients that wait until they connect again
  std::size_t diagnosing = 0;  ///< an upper bound: they are checked often while it is not 0
  Nanoseconds next_check = 0;  ///< when the worker calls check() of all clients
};

/// One client of a load run: opens its connection, loads it, has epoll watch it, and connects again after a failure.
/// Only its worker's thread uses it.
class LoadClient {
 public:
  LoadClient(LoadState& state, std::uint32_t index) : state_(&state), connection_(state.context.options, index) {}

  [[nodiscard]] const LoadConnection& connection() const noexcept { return connection_; }
  /// Nothing more will come: it is closed, or all is back at the end of the run.
  [[nodiscard]] bool is_done() const noexcept;

  /// The first time.
  void connect(Nanoseconds now) { connect({state_->target}, now); }
  /// Takes a connection that is up already.
  void adopt(client::Connected connection, Nanoseconds now);
  /// Takes the events that epoll reports for this client.
  void handle(std::uint32_t events);
  void receive(LoadConnection::Waiting waiting);
  /// The warm-up begins at `start`.
  void begin(Nanoseconds start);
  /// Open loop: sends the message of this round. False if it has no connection.
  bool send_due(std::uint64_t round, Nanoseconds now);
  /// The measured time is over: finish what has begun.
  void finish(Nanoseconds now);
  /// Connects again if it is time, and looks for what has taken too long.
  void check(Nanoseconds now);

 private:
  void connect(std::vector<net::Endpoint> addresses, Nanoseconds now);
  void go_on_connecting(Nanoseconds now);
  void reconnect(Nanoseconds now);
  std::optional<client::Resolution> look_up(Nanoseconds now);
  void on_open(Nanoseconds now);
  void load(Nanoseconds now);
  void after_receive();
  void send(Nanoseconds now);
  void fail(client::Failure failure);
  void settle();
  void close();
  void watch();
  [[nodiscard]] LoadMode mode() const noexcept { return state_->context.options.mode; }

  LoadState* state_;  ///< of the worker, never null
  LoadConnection connection_;
  EpollInterest interest_;
  bool has_settled_ = false;
  bool is_broken_ = false;  ///< its incident is open
  std::size_t incident_ = LoadIncidents::kNotKept;
  Nanoseconds lost_at_ = 0;   ///< of the open incident
  Nanoseconds retry_at_ = 0;  ///< 0: it does not connect again
  Nanoseconds retry_delay_ = 0;
  Nanoseconds asked_at_ = 0;  ///< when it asked for a look-up that has not answered; 0: it did not
  Nanoseconds connect_began_ = 0;
};

}  // namespace threadecho::load
