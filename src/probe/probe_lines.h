#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace threadecho::probe {

/// Takes one line, without its end. A line about a failure may be shown in another colour. `at` is the time of the
/// event; of several lost messages, that of the first one.
enum class Line { kUsual, kFailure };
using PrintLine = std::function<void(std::string_view line, Line kind, std::chrono::system_clock::time_point at)>;

/// The lines of a probe. If messages in a row are lost for the same reason, it prints the first one at once. It prints
/// the others together: in one line each second, and when something else happens.
class ProbeLines {
 public:
  using Clock = std::chrono::steady_clock;
  using WallTime = std::chrono::system_clock::time_point;
  static constexpr std::chrono::seconds kLongestHeldBack{1};

  /// `print` must outlive this.
  explicit ProbeLines(const PrintLine& print) : print_(print) {}

  void add(const std::string& line, Line kind = Line::kUsual);
  void lost(std::uint64_t sequence, const std::string& reason);
  /// Several in a row at once.
  void lost_together(std::uint64_t first, std::uint64_t last, const std::string& reason);
  /// Prints what has been held back. The next lost message is told at once again.
  void flush();
  /// Call it at next_flush(): prints what has been held back, and continues to hold back equal losses.
  void flush_late(Clock::time_point now);
  [[nodiscard]] Clock::time_point next_flush() const;

 private:
  void print_held_back();

  const PrintLine& print_;
  std::string reason_;       ///< of the message that was lost last; empty if another line came after it
  std::uint64_t first_ = 0;  ///< of those that are held back; 0: none
  std::uint64_t last_ = 0;
  WallTime first_lost_at_;
  Clock::time_point held_since_;
};

}  // namespace threadecho::probe
