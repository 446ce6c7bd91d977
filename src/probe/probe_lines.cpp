#include "probe/probe_lines.h"

#include "probe/probe_report.h"

namespace threadecho::probe {

void ProbeLines::add(const std::string& line, Line kind) {
  flush();
  print_(line, kind, std::chrono::system_clock::now());
}

void ProbeLines::lost(std::uint64_t sequence, const std::string& reason) {
  if (reason != reason_) {
    lost_together(sequence, sequence, reason);
    reason_ = reason;
    return;
  }
  if (first_ == 0) {
    first_ = sequence;
    first_lost_at_ = std::chrono::system_clock::now();
    held_since_ = Clock::now();
  }
  last_ = sequence;
}

void ProbeLines::lost_together(std::uint64_t first, std::uint64_t last, const std::string& reason) {
  add(lost_line(first, last, reason), Line::kFailure);
}

void ProbeLines::flush() {
  print_held_back();
  reason_.clear();
}

void ProbeLines::flush_late(Clock::time_point now) {
  if (now >= next_flush()) {
    print_held_back();
  }
}

ProbeLines::Clock::time_point ProbeLines::next_flush() const {
  return first_ == 0 ? Clock::time_point::max() : held_since_ + kLongestHeldBack;
}

void ProbeLines::print_held_back() {
  if (first_ != 0) {
    print_(lost_line(first_, last_, "as before"), Line::kFailure, first_lost_at_);
    first_ = 0;
  }
}

}  // namespace threadecho::probe
