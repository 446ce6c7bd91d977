#include "load/load_progress.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>

#include "text/numbers.h"

namespace threadecho::load {
namespace {

// Back to the first column, and delete to the end of the line (ECMA-48).
constexpr const char* kClearLine = "\r\x1b[K";

/// "12 s  64 connections  123,456 messages/s  7.90 MB/s  p99 812 us  0 errors"
std::string progress_line(const LoadSnapshot& snapshot, const LoadOptions& options) {
  const double rate =
      snapshot.seconds_since_last > 0 ? static_cast<double>(snapshot.messages) / snapshot.seconds_since_last : 0;
  return fmt::format("{:.0f} s  {}  {} messages/s  {}/s  p99 {}  {}", snapshot.seconds,
                     snapshot.is_opening
                         ? fmt::format("{} of {} connections", text::format_count(snapshot.open_connections),
                                       text::format_count(options.connections))
                         : text::count_of(snapshot.open_connections, "connection"),
                     text::format_count(static_cast<std::uint64_t>(rate)),
                     text::format_bytes(rate * static_cast<double>(options.size)),
                     snapshot.latencies.count() > 0 ? text::format_latency(snapshot.latencies.percentile(99)) : "-",
                     text::count_of(snapshot.failures, "error"));
}

}  // namespace

LoadProgress::LoadProgress(const LoadOptions& options, int fd)
    : options_(options), fd_(fd), is_terminal_(::isatty(fd) == 1) {}

void LoadProgress::show(const LoadSnapshot& snapshot) {
  std::string line = progress_line(snapshot, options_);
  // A line that wraps cannot be taken back.
  if (winsize size{}; is_terminal_ && ::ioctl(fd_, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    line.resize(std::min<std::size_t>(line.size(), size.ws_col - 1U));
  }
  write(is_terminal_ ? kClearLine + line : line + '\n');
}

void LoadProgress::finish() {
  if (is_terminal_) {
    write(kClearLine);
  }
}

void LoadProgress::write(const std::string& text) const {
  // A reader that has gone costs the run nothing.
  [[maybe_unused]] const auto written = ::write(fd_, text.data(), text.size());
}

}  // namespace threadecho::load
