#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace threadecho::probe {

/// Takes one line, without its end. A line about a failure may be shown in another colour.
enum class Line { kUsual, kFailure };
using PrintLine = std::function<void(std::string_view line, Line kind)>;

/// The lines of a probe as they come. Of messages in a row that were lost for the same reason, the first is told at
/// once and the others in one line once something else happens.
class ProbeLines {
 public:
  /// `print` must outlive this.
  explicit ProbeLines(const PrintLine& print) : print_(print) {}

  void add(const std::string& line, Line kind = Line::kUsual);
  void lost(std::uint64_t sequence, const std::string& reason);
  /// Several in a row at once.
  void lost_together(std::uint64_t first, std::uint64_t last, const std::string& reason);
  /// Prints what has been held back.
  void flush();

 private:
  const PrintLine& print_;
  std::string reason_;       ///< of the message that was lost last; empty if another line came after it
  std::uint64_t first_ = 0;  ///< of those that are held back; 0: none
  std::uint64_t last_ = 0;
};

}  // namespace threadecho::probe
