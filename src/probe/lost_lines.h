#pragma once

#include <cstdint>
#include <string>

#include "probe/probe.h"

namespace threadecho::probe {

/// Prints lost messages. Of those in a row that were lost for the same reason, the first is told at once, and the
/// others in one line once something else happens.
class LostLines {
 public:
  explicit LostLines(const PrintLine& print) : print_(print) {}

  void lost(std::uint64_t sequence, const std::string& reason);
  /// Several in a row at once.
  void lost_together(std::uint64_t first, std::uint64_t last, const std::string& reason);
  /// Something else is about to be printed.
  void flush();

 private:
  const PrintLine& print_;
  std::string reason_;       ///< of the message that was lost last; empty after flush()
  std::uint64_t first_ = 0;  ///< not told yet; 0: none
  std::uint64_t last_ = 0;
};

}  // namespace threadecho::probe
