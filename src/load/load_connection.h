#pragma once

#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "client/connect_race.h"
#include "client/payload.h"
#include "load/diagnosis.h"
#include "load/load_options.h"
#include "load/load_recorder.h"
#include "load/suspicion.h"
#include "net/endpoint.h"
#include "net/fd.h"

namespace threadecho::load {

/// When the messages of the open loop are due: number m of all of them at start + m / rate, dealt to the connections in
/// turn. With a ramp the rate rises evenly from 0 to its full height: m messages are due by t with m = rate * t^2 /
/// (2 * ramp), and from then on each comes half of the ramp later than without it.
struct OpenSchedule {
  Nanoseconds start = 0;
  double nanoseconds_per_message = 0;
  std::uint32_t connections = 1;
  double ramp = 0;  ///< nanoseconds

  [[nodiscard]] Nanoseconds due(std::uint64_t round, std::uint32_t connection) const {
    const auto number = static_cast<double>(round * connections + connection);
    const double even = number * nanoseconds_per_message;
    return start + static_cast<Nanoseconds>(even < ramp / 2 ? std::sqrt(2 * ramp * even) : even + ramp / 2);
  }
};

/// What the connections of one worker share.
struct LoadContext {
  const LoadOptions& options;
  OpenSchedule schedule;
  std::vector<std::byte> send_buffer;
  std::vector<std::byte> receive_buffer;
  LoadRecorder recorder;
  bool refills = false;  ///< closed loop: each message that comes back allows the next
};

/// The connection of one client: its socket, how far its stream was sent and how far it came back right. It sends what
/// it is allowed to and verifies each byte. After an error it is closed and can be connected again; its stream then
/// continues behind what was sent before, so that late bytes of the old connection show. One thread uses it.
class LoadConnection {
 public:
  enum class State : std::uint8_t { kClosed, kConnecting, kOpen, kDiagnosing };
  enum class Waiting : bool { kNo, kUntilInterrupted };

  LoadConnection(const LoadOptions& options, std::uint32_t index);

  [[nodiscard]] State state() const noexcept { return state_; }
  [[nodiscard]] std::uint32_t index() const noexcept { return payload_.connection(); }
  /// Where it connected to last.
  [[nodiscard]] const net::Endpoint& peer() const noexcept { return peer_; }
  [[nodiscard]] int fd() const noexcept { return fd_.get(); }
  /// Waits for room to send.
  [[nodiscard]] bool wants_to_write() const noexcept { return sent_ < limit_; }
  /// All that was allowed is sent and back.
  [[nodiscard]] bool is_idle() const noexcept { return received_ == limit_; }
  /// When bytes last came back, or something began to be waited for, the connect too.
  [[nodiscard]] Nanoseconds last_progress() const noexcept { return last_progress_; }
  /// Messages that came back since it was connected.
  [[nodiscard]] std::uint64_t completed() const noexcept { return completed_; }
  /// Open loop: messages that have not come back, of those that were due within the measured time.
  [[nodiscard]] std::uint64_t measured_in_flight(const LoadContext& context) const;

  /// Connects to the first of these addresses that answers. In kConnecting afterwards; call continue_connect().
  void connect(const LoadOptions& options, std::vector<net::Endpoint> addresses, const net::Endpoint* source,
               Nanoseconds now);
  /// Continues to connect. Call it in kConnecting, when one of its sockets is writable, and at next_connect_step().
  /// Returns the result once it is known; call adopt() or close() then.
  std::optional<client::Connected> continue_connect(Nanoseconds now);
  [[nodiscard]] Nanoseconds next_connect_step() const;
  /// For epoll: sockets of a kConnecting one that this has not returned before.
  std::vector<int> take_new_sockets() { return race_->take_new(); }
  /// Takes a connected socket. In kOpen afterwards.
  void adopt(LoadContext& context, client::Connected connected, Nanoseconds now);

  /// One more message may go out; its latency counts from `began`.
  void allow_message(const LoadOptions& options, Nanoseconds began);
  /// The same in the open loop, where the round says when it is due.
  void allow_due(const LoadOptions& options, std::uint64_t round, Nanoseconds now);
  /// Everything may go out (bulk), until allow_no_more().
  void allow_everything() noexcept { limit_ = UINT64_MAX; }
  /// Finishes the message that was begun, and sends no other.
  void allow_no_more(const LoadOptions& options) noexcept;

  /// Sends what is allowed and the socket takes.
  std::optional<Failure> send(LoadContext& context, Nanoseconds now);
  /// Lets receive() wait, until a TickTimer interrupts it. Call it when the connection is open.
  void let_receive_wait() const noexcept;
  /// Reads and verifies once. After wrong bytes the state is kDiagnosing; this or check() returns the failure later.
  std::optional<Failure> receive(LoadContext& context, Waiting waiting = Waiting::kNo);
  /// Returns what has taken too long. Call it regularly. `held_up` is how long this host did not run the client since
  /// the last call: that time does not count.
  std::optional<Failure> check(const LoadContext& context, Nanoseconds now, Nanoseconds held_up);

  /// Closes the socket; connect() may follow.
  void close() noexcept;

 private:
  void complete_messages(LoadContext& context, Nanoseconds now, bool allows_next);
  [[nodiscard]] Nanoseconds due(const LoadContext& context, std::uint64_t message) const;
  [[nodiscard]] Nanoseconds began(const LoadContext& context) const;
  std::optional<Failure> suspect(const LoadContext& context, std::span<const std::byte> wrong, Nanoseconds now);
  [[nodiscard]] Failure diagnosis(const LoadContext& context) const {
    return suspicion_->diagnosis(payload_, sent_, context.options.connections);
  }
  [[nodiscard]] std::string progress_of_message(const LoadOptions& options) const;

  client::Payload payload_;
  State state_ = State::kClosed;
  std::unique_ptr<client::ConnectRace> race_;  ///< in kConnecting
  net::Fd fd_;
  net::Endpoint peer_;
  // Places in the stream: base_ <= received_ <= sent_ <= limit_.
  std::uint64_t base_ = 0;      ///< where this connection's first message began
  std::uint64_t received_ = 0;  ///< came back right
  std::uint64_t sent_ = 0;      ///< handed to the kernel
  std::uint64_t limit_ = 0;     ///< may be sent
  std::uint64_t next_end_ = 0;  ///< where the message ends that comes back next
  std::uint64_t completed_ = 0;
  std::uint64_t first_round_ = 0;         ///< open loop: of the first message
  std::size_t newest_ = 0;                ///< in began_: the place for the next message
  std::size_t oldest_ = 0;                ///< in began_: the message that comes back next
  std::vector<Nanoseconds> began_;        ///< of messages in flight, a ring; closed loop, churn and hold
  Nanoseconds last_progress_ = 0;         ///< last progress while something was awaited
  std::unique_ptr<Suspicion> suspicion_;  ///< in kDiagnosing
};

}  // namespace threadecho::load
