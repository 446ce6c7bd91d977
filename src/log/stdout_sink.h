#pragma once

#include <unistd.h>

#include <spdlog/sinks/base_sink.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string_view>

#include "net/fd.h"

namespace threadecho::log {

/// Writes lines of at most kMaxLineBytes to a descriptor and never waits: drops and counts a line if there is no room,
/// the reader is gone, or the disk is full. A pipe is made larger, up to 1 MiB, so that its reader may pause; the
/// kernel keeps its contents after this process has ended. Shared by the logger and the metrics, which read dropped();
/// any thread may call it. The process must ignore SIGPIPE: write(2) has no flag against it.
class StdoutSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  /// The largest pipe that an unprivileged process may have by default, fs.pipe-max-size.
  static constexpr int kPipeBytes = 1024 * 1024;

  /// Works on a duplicate of `fd`: if other code closes `fd` and a client's socket gets its number, no line goes there.
  /// When `fd` is not open, every line counts as dropped. A pipe of less than `pipe_bytes` is made that large, or as
  /// large as the kernel allows.
  explicit StdoutSink(int fd = STDOUT_FILENO, int pipe_bytes = kPipeBytes);

  /// Lines that were not written, or not whole.
  [[nodiscard]] std::uint64_t dropped() const noexcept { return dropped_.load(std::memory_order_relaxed); }
  void count_dropped() noexcept;
  /// Whether more than half of a pipe waits to be read; never for anything else.
  [[nodiscard]] bool is_half_full() const noexcept;

 protected:
  void sink_it_(const spdlog::details::log_msg& msg) override;
  void flush_() override {}

 private:
  bool write_line(std::string_view line);
  /// Writes until there is no room or an error, and returns the number of bytes written. Each turn of its loop makes
  /// progress, none waits.
  [[nodiscard]] std::size_t write_some(std::string_view text) const;

  net::Fd fd_;
  bool may_block_;  ///< ask for room before each write
  bool is_pipe_;
  bool torn_ = false;                      ///< a line was begun and not ended; under base_sink's mutex
  std::atomic<std::uint64_t> dropped_{0};  ///< relaxed: only metrics read it
};

}  // namespace threadecho::log
