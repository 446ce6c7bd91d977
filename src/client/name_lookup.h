#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>

#include "client/resolver.h"
#include "client/target.h"
#include "net/wakeup.h"

namespace threadecho::client {

/// How long to wait for a look-up when there are addresses of an earlier one to use instead: messages that are due
/// meanwhile must not time out because of it.
constexpr std::chrono::milliseconds patience_with_known_addresses(std::chrono::milliseconds timeout) {
  constexpr std::chrono::milliseconds kLongest{1000};
  return timeout / 2 < kLongest ? timeout / 2 : kLongest;
}

/// Looks a name up whenever it is asked to, on a thread of its own: getaddrinfo(3) may block for many seconds, cannot
/// be interrupted, and must hold up neither Ctrl-C nor an epoll loop. A numeric address needs no thread. Any thread may
/// call; the destructor waits for a look-up that runs, see end_with().
class NameLookup {
 public:
  using Clock = std::chrono::steady_clock;

  enum class Calls { kMayBlock, kReturnAtOnce };

  explicit NameLookup(const Target& target);
  /// `look_up` is called on the other thread, one call at a time; by ask() itself if it returns at once.
  explicit NameLookup(std::function<Resolution()> look_up, Calls calls = Calls::kMayBlock);
  ~NameLookup();
  NameLookup(const NameLookup&) = delete;
  NameLookup& operator=(const NameLookup&) = delete;

  /// Begins a look-up, unless one runs. Never waits. Throws std::system_error if no thread can be created.
  void ask();
  /// Whether an answer has come whose look-up began at `since` or later.
  [[nodiscard]] bool has_answer(Clock::time_point since) const;
  /// The last answer. Call only after has_answer() was true.
  [[nodiscard]] Resolution answer() const;

  /// How many answers have come.
  [[nodiscard]] std::uint64_t answers() const noexcept { return answers_.load(std::memory_order_acquire); }

  /// Readable once an answer has come, until clear().
  [[nodiscard]] int fd() const noexcept { return answered_.fd(); }
  void clear() noexcept { answered_.clear(); }

  /// Returns `status`. If a look-up still runs, it ends the process with that status instead of waiting for it: call it
  /// last, with all output written.
  [[nodiscard]] int end_with(int status) const;

 private:
  void run();
  void look_up_now();

  std::function<Resolution()> look_up_;
  bool is_immediate_;  ///< the look-up does not block
  net::Wakeup answered_;
  std::atomic<Clock::rep> began_{0};  ///< of the look-up that was answered last
  std::atomic<std::uint64_t> answers_{0};
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool is_asked_ = false;  ///< from ask() until the answer
  bool stops_ = false;
  Resolution answer_;
  std::thread thread_;
};

}  // namespace threadecho::client
