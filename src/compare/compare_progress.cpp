#include "compare/compare_progress.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>

namespace threadecho::compare {
namespace {

// Back to the first column, and delete to the end of the line (ECMA-48).
constexpr const char* kTakeBack = "\r\x1b[K";

}  // namespace

CompareProgress::CompareProgress(int fd, bool is_quiet) : fd_(fd), is_shown_(!is_quiet && ::isatty(fd) == 1) {}

CompareProgress::~CompareProgress() { write(kTakeBack); }

void CompareProgress::show(std::string line) const {
  // A line that wraps cannot be erased.
  if (winsize size{}; ::ioctl(fd_, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    line.resize(std::min<std::size_t>(line.size(), size.ws_col - 1U));
  }
  write(kTakeBack + line);
}

void CompareProgress::write(const std::string& text) const {
  if (is_shown_) {
    // If the reader has gone, the run goes on.
    [[maybe_unused]] const auto written = ::write(fd_, text.data(), text.size());
  }
}

}  // namespace threadecho::compare
