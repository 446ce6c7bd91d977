#include "load/load_progress.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstddef>

#include "cli/help.h"
#include "text/numbers.h"
#include "text/timestamps.h"

namespace threadecho::load {
namespace {

// Back to the first column, and delete to the end of the line (ECMA-48).
constexpr const char* kClearLine = "\r\x1b[K";

/// "12 s  64 connections  123,456 messages/s  7.90 MB/s  p99 812 us  0 errors"
std::string progress_line(const LoadSnapshot& snapshot, const LoadOptions& options) {
  const double rate = snapshot.messages_per_second();
  const auto p99 = snapshot.latencies.known_percentile(99);
  return fmt::format("{} s  {}  {} messages/s  {}/s  p99 {}  {}",
                     options.report_interval < std::chrono::seconds(1) && options.report_interval.count() > 0
                         ? fmt::format("{:.1f}", snapshot.seconds)
                         : fmt::format("{:.0f}", snapshot.seconds),
                     snapshot.is_opening
                         ? fmt::format("{} of {} connections", text::format_count(snapshot.open_connections),
                                       text::format_count(options.connections))
                     : options.mode == LoadMode::kChurn ? text::format_count(snapshot.open_connections) + " open"
                                                        : text::count_of(snapshot.open_connections, "connection"),
                     text::format_rate(rate), text::format_bytes(rate * static_cast<double>(options.size)),
                     p99 ? text::format_latency(*p99) : "-", text::count_of(snapshot.failures, "error"));
}

}  // namespace

LoadProgress::LoadProgress(const LoadOptions& options, int fd)
    : options_(options), fd_(fd), is_terminal_(::isatty(fd) == 1) {}

void LoadProgress::say(const std::string& notice) const {
  if (!options_.quiet) {
    const std::string time = stamp(std::chrono::system_clock::now());
    write(cli::fitted(time + "threadecho load: " + notice, cli::output_width()));
  }
}

void LoadProgress::show(const LoadSnapshot& snapshot) {
  if (options_.quiet) {
    return;
  }
  std::string line = stamp(snapshot.taken_at) + progress_line(snapshot, options_);
  // A line that wraps cannot be taken back.
  if (winsize size{}; is_terminal_ && ::ioctl(fd_, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    line.resize(std::min<std::size_t>(line.size(), size.ws_col - 1U));
  }
  write(is_terminal_ ? kClearLine + line : line + '\n');
}

void LoadProgress::finish() {
  if (is_terminal_ && !options_.quiet) {
    write(kClearLine);
  }
}

std::string LoadProgress::stamp(text::WallTime time) const {
  return options_.timestamps ? text::format_timestamp(time) + ' ' : std::string();
}

void LoadProgress::write(const std::string& text) const {
  // A reader that has gone costs the run nothing.
  [[maybe_unused]] const auto written = ::write(fd_, text.data(), text.size());
}

}  // namespace threadecho::load
