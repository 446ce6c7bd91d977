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

std::string connections(const LoadSnapshot& snapshot, const LoadOptions& options) {
  return snapshot.is_opening ? fmt::format("{} of {} connections", text::format_count(snapshot.open_connections),
                                           text::format_count(options.connections))
                             : text::count_of(snapshot.open_connections, "connection");
}

/// "12 s  0 errors  64 connections  123,456 messages/s  p99 812 us  7.90 MB/s", without what has no room in `width`. A
/// churn has a message for each connection, of which few are open at a time.
std::string progress_line(const LoadSnapshot& snapshot, const LoadOptions& options, std::size_t width) {
  const bool is_churn = options.mode == LoadMode::kChurn;
  const bool has_short_intervals =
      options.report_interval.count() > 0 && options.report_interval < std::chrono::seconds(1);
  const double rate = snapshot.messages_per_second();
  const auto p99 = snapshot.latencies.known_percentile(99);
  std::string line = fmt::format("{:.{}f} s  {}", snapshot.seconds, has_short_intervals ? 1 : 0,
                                 text::count_of(snapshot.failures, "error"));
  for (const std::string& part : {is_churn ? std::string() : connections(snapshot, options),
                                  text::format_rate(rate) + (is_churn ? " connections/s" : " messages/s"),
                                  "p99 " + (p99 ? text::format_latency(*p99) : "-"),
                                  text::format_bytes(rate * static_cast<double>(options.size)) + "/s"}) {
    if (!part.empty() && line.size() + 2 + part.size() <= width) {
      line += "  " + part;
    }
  }
  return line;
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
  const std::string time = stamp(snapshot.taken_at);
  const std::size_t columns = width();
  std::string line = time + progress_line(snapshot, options_, columns - std::min(columns, time.size()));
  if (is_terminal_) {
    line.resize(std::min(line.size(), columns));
  }
  write(is_terminal_ ? kClearLine + line : line + '\n');
}

void LoadProgress::finish() {
  if (is_terminal_ && !options_.quiet) {
    write(kClearLine);
  }
}

std::size_t LoadProgress::width() const {
  winsize size{};
  if (is_terminal_ && ::ioctl(fd_, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    return size.ws_col - 1U;  // a line that wraps cannot be erased
  }
  return cli::output_width();
}

std::string LoadProgress::stamp(text::WallTime time) const {
  return options_.timestamps ? text::format_timestamp(time) + ' ' : std::string();
}

void LoadProgress::write(const std::string& text) const {
  // If the reader has gone, the run goes on.
  [[maybe_unused]] const auto written = ::write(fd_, text.data(), text.size());
}

}  // namespace threadecho::load
