#include "log/stdout_sink.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <string>

#include "log/line.h"

namespace threadecho::log {
namespace {

net::Fd own_descriptor(int fd) {
  // A terminal whose reader stalls (a hung SSH session) says POLLOUT while there is room for any part of a line, and
  // then blocks for the rest. O_NONBLOCK belongs to the open file, which a shell shares, so we open a file of our own.
  // A pipe needs none: POLLOUT means room for PIPE_BUF bytes, pipe(7).
  if (::isatty(fd) == 1) {
    const std::string path = "/proc/self/fd/" + std::to_string(fd);
    net::Fd terminal(::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    if (terminal) {
      return terminal;
    }
  }
  return net::Fd(::fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
}

/// Whether a write may wait for a reader. A regular file has none: poll(2) would always say that there is room.
bool may_block(int fd) {
  struct stat status {};
  return ::fstat(fd, &status) != 0 || !S_ISREG(status.st_mode);
}

/// Makes a pipe larger, and returns whether it is a pipe. The kernel may refuse: fs.pipe-max-size,
/// fs.pipe-user-pages-soft.
bool grow_pipe(int fd, int wanted) {
  const int initial = ::fcntl(fd, F_GETPIPE_SZ);
  while (initial > 0 && wanted > initial && ::fcntl(fd, F_SETPIPE_SZ, wanted) < 0) {
    wanted /= 2;
  }
  return initial > 0;
}

bool has_room(int fd) {
  pollfd entry{fd, POLLOUT, 0};
  return ::poll(&entry, 1, 0) == 1 && (entry.revents & POLLOUT) != 0;
}

}  // namespace

StdoutSink::StdoutSink(int fd, int pipe_bytes)
    : fd_(own_descriptor(fd)), may_block_(may_block(fd_.get())), is_pipe_(grow_pipe(fd_.get(), pipe_bytes)) {}

void StdoutSink::count_dropped() noexcept { dropped_.fetch_add(1, std::memory_order_relaxed); }

bool StdoutSink::is_half_full() const noexcept {
  // We ask for the size each time, because the reader may resize the pipe. In packet mode (O_DIRECT) bytes say little:
  // each line takes a page of its own, so that short lines fill the pipe before half of its bytes.
  int waiting = 0;
  return is_pipe_ && ::ioctl(fd_.get(), FIONREAD, &waiting) == 0 && waiting > ::fcntl(fd_.get(), F_GETPIPE_SZ) / 2;
}

void StdoutSink::sink_it_(const spdlog::details::log_msg& msg) {
  spdlog::memory_buf_t line;
  formatter_->format(msg, line);
  if (line.size() > kMaxLineBytes) {
    line.resize(kMaxLineBytes);
    line[kMaxLineBytes - 1] = '\n';
  }
  if (!write_line({line.data(), line.size()})) {
    count_dropped();
  }
}

bool StdoutSink::write_line(std::string_view line) {
  if (!fd_) {
    return false;
  }
  if (torn_) {
    // Ends the line that the last one left unfinished, so that the two do not run into each other.
    if (write_some("\n") == 0) {
      return false;
    }
    torn_ = false;
  }
  const std::size_t written = write_some(line);
  torn_ = written > 0 && written < line.size();
  return written == line.size();
}

std::size_t StdoutSink::write_some(std::string_view text) const {
  std::size_t written = 0;
  while (written < text.size() && (!may_block_ || has_room(fd_.get()))) {
    const ssize_t result = ::write(fd_.get(), text.data() + written, text.size() - written);
    if (result > 0) {
      written += static_cast<std::size_t>(result);
    } else if (result == 0 || errno != EINTR) {
      break;
    }
  }
  return written;
}

}  // namespace threadecho::log
