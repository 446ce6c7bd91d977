#include "probe/probe_lines.h"

#include "probe/probe_report.h"

namespace threadecho::probe {

void ProbeLines::add(const std::string& line, Line kind) {
  flush();
  print_(line, kind);
}

void ProbeLines::lost(std::uint64_t sequence, const std::string& reason) {
  if (reason != reason_) {
    lost_together(sequence, sequence, reason);
    reason_ = reason;
    return;
  }
  first_ = first_ == 0 ? sequence : first_;
  last_ = sequence;
}

void ProbeLines::lost_together(std::uint64_t first, std::uint64_t last, const std::string& reason) {
  add(lost_line(first, last, reason), Line::kFailure);
}

void ProbeLines::flush() {
  if (first_ != 0) {
    print_(lost_line(first_, last_, "as before"), Line::kFailure);
  }
  reason_.clear();
  first_ = 0;
}

}  // namespace threadecho::probe
