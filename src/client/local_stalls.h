#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>

#include "client/json.h"

namespace threadecho::client {

/// Times in which this host did not let the client run although it was due to: it was overloaded or suspended, or the
/// process was stopped. The server is not to blame for delays in these times. One thread uses it.
class LocalStalls {
 public:
  static constexpr std::chrono::milliseconds kShortest{200};

  /// The client ran this much later than it was due to. Returns whether that is long enough to count.
  bool note(std::chrono::nanoseconds late) {
    if (late < kShortest) {
      return false;
    }
    ++count_;
    total_ += late;
    longest_ = std::max(longest_, late);
    return true;
  }
  /// Another thread's: what stops a process stops all of its threads, so the longer list counts.
  void merge(const LocalStalls& other) {
    if (other.total_ > total_) {
      *this = other;
    }
  }

  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
  [[nodiscard]] std::chrono::nanoseconds total() const noexcept { return total_; }
  [[nodiscard]] std::chrono::nanoseconds longest() const noexcept { return longest_; }

 private:
  std::uint64_t count_ = 0;
  std::chrono::nanoseconds total_{0};
  std::chrono::nanoseconds longest_{0};
};

/// {"count", "total_seconds", "longest_seconds"}
Json json_of(const LocalStalls& stalls);

/// "this host did not run the client for 2.40 s"; of several: "... 3 times, for 4.10 s in all and 2.40 s at most".
std::string text_of(const LocalStalls& stalls);

}  // namespace threadecho::client
