#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "client/connect_race.h"
#include "client/failure.h"
#include "load/epoll_interest.h"
#include "load/load_connection.h"
#include "load/load_incidents.h"
#include "load/load_reconnect.h"
#include "load/load_state.h"
#include "net/endpoint.h"

namespace threadecho::load {

/// One client of a load run: opens its connection, loads it, has epoll watch it, and connects again after a failure.
/// Only its worker's thread uses it.
class LoadClient {
 public:
  LoadClient(LoadState& state, std::uint32_t index) : state_(&state), connection_(state.context.options, index) {}

  [[nodiscard]] const LoadConnection& connection() const noexcept { return connection_; }
  /// Nothing more will come: it is closed, or all is back at the end of the run.
  [[nodiscard]] bool is_done() const noexcept;

  /// The first time.
  void connect(Nanoseconds now);
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
  /// Connects again if it is time, and looks for what has taken too long. `held_up` is as for LoadConnection::check().
  void check(Nanoseconds now, Nanoseconds held_up);

 private:
  void connect(std::vector<net::Endpoint> addresses, Nanoseconds now);
  void go_on_connecting(Nanoseconds now);
  void reconnect(Nanoseconds now);
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
  Nanoseconds lost_at_ = 0;  ///< of the open incident: when the server last did what it should
  LoadReconnect reconnect_;
  Nanoseconds connect_began_ = 0;
};

}  // namespace threadecho::load
