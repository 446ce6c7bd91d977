#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "client/failure.h"
#include "client/payload.h"
#include "client/signal_fd.h"
#include "client/wait.h"
#include "net/arrival.h"

namespace threadecho::client {

/// Messages of one connection on their way there and back, any number at a time. Each has its own part of the payload's
/// stream; every byte that comes back is compared while the message is still being sent, since a server may answer
/// before it has all of it. Never waits. One thread uses it.
class EchoExchange {
 public:
  using Clock = std::chrono::steady_clock;

  /// When an echo came.
  enum class ArrivesWhen : std::uint8_t {
    kRead,     ///< by receive()
    kStamped,  ///< at this host, as the kernel notes it: the socket has net::stamp_arrivals()
  };

  /// Over a connected socket that does not block and stays the caller's; messages of `size` bytes.
  EchoExchange(int fd, Payload payload, std::size_t size, ArrivesWhen arrives = ArrivesWhen::kRead);

  struct Message {
    std::uint64_t sequence = 0;
    std::optional<Clock::time_point> began = {};  ///< when its first byte was handed to the kernel
  };
  struct Echoed {
    std::uint64_t sequence = 0;
    std::chrono::nanoseconds round_trip{};  ///< from the first byte handed to the kernel to the last one received
    bool is_stamped = false;                ///< else receive() has read it just now, however long it was there
  };
  struct Received {
    std::vector<Echoed> echoed;
    std::optional<Failure> failure;  ///< of the first message of pending(); close the connection then
  };

  /// One more message, behind those before. Call send().
  void add(std::uint64_t sequence) { pending_.push_back({.sequence = sequence}); }
  /// FIN behind the last message: the server owes what was sent, and then its own FIN. Call send().
  void half_close() noexcept { half_closes_ = true; }
  /// Takes and compares all that has arrived. Call it before send(): bytes before a message are no echo of it, and an
  /// end of file says more than the error of a send.
  Received receive();
  /// What came although no message is on its way: an end of file, a reset, or bytes. Call it only when is_done().
  std::optional<Failure> unexpected();
  /// Sends as much as there is room for.
  void send();

  /// Messages whose echo is not complete.
  [[nodiscard]] const std::deque<Message>& pending() const noexcept { return pending_; }
  /// All echoes are complete.
  [[nodiscard]] bool is_done() const noexcept { return pending_.empty() && (!half_closes_ || has_ended_); }
  [[nodiscard]] short events() const noexcept;
  /// The failure when the first message of pending(), or the server's FIN, did not come in time.
  [[nodiscard]] Failure timed_out() const;

 private:
  [[nodiscard]] bool wants_to_send() const noexcept { return sending_ < pending_.size() && send_error_ == 0; }
  [[nodiscard]] std::uint64_t place_of(const Message& message) const noexcept;
  net::Arrival read(std::span<std::byte> buffer) const noexcept;
  std::optional<Failure> compare(std::span<const std::byte> received, std::optional<Clock::time_point> arrived,
                                 std::vector<Echoed>& echoed);
  void complete_first(std::optional<Clock::time_point> arrived, std::vector<Echoed>& echoed);
  std::optional<Failure> at_end_of_file();
  [[nodiscard]] Failure broken(int error_number) const;
  [[nodiscard]] Failure wrong_byte(std::size_t offset, std::optional<std::byte> expected, std::byte got) const;
  [[nodiscard]] Failure failure(FailureKind kind, std::string text) const;
  [[nodiscard]] std::size_t echoed_of_first() const noexcept { return pending_.empty() ? size_ : echoed_; }
  [[nodiscard]] std::string progress() const;

  int fd_;
  Payload payload_;
  std::size_t size_;
  ArrivesWhen arrives_;
  std::deque<Message> pending_;
  std::size_t echoed_ = 0;   ///< bytes of the first message
  std::size_t sending_ = 0;  ///< in pending_: the message that is being sent
  std::size_t sent_ = 0;     ///< bytes of it
  int send_error_ = 0;       ///< kept until what has arrived is read: it may say more
  bool half_closes_ = false;
  bool has_sent_fin_ = false;
  bool has_ended_ = false;
};

enum class AfterSending {
  kStayOpen,
  kHalfClose,  ///< see EchoExchange::half_close
};

struct EchoResult {
  std::chrono::nanoseconds duration{};  ///< until all was back
  std::optional<Failure> failure;
  bool interrupted = false;  ///< a signal came first; nothing is known of this message
};

/// Sends one message and waits until it is back. Close the connection after a failure. `signals` may be null.
EchoResult echo_once(int fd, Payload payload, std::uint64_t sequence, std::size_t size, AfterSending after,
                     Deadline deadline, SignalFd* signals);

}  // namespace threadecho::client
