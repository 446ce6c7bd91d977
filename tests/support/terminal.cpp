#include "support/terminal.h"

#include <poll.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <stdexcept>
#include <system_error>

#include "host/exec_strings.h"
#include "support/test_client.h"

namespace threadecho::test {

Terminal::Terminal(std::vector<std::string> arguments, unsigned short columns) {
  arguments.insert(arguments.begin(), THREADECHO_BINARY);
  const std::vector<char*> argv = host::exec_strings(arguments);
  const winsize size{.ws_row = 24, .ws_col = columns, .ws_xpixel = 0, .ws_ypixel = 0};
  int fd = -1;
  pid_ = ::forkpty(&fd, nullptr, nullptr, &size);
  if (pid_ < 0) {
    throw std::system_error(errno, std::generic_category(), "forkpty");
  }
  if (pid_ == 0) {
    ::execv(THREADECHO_BINARY, argv.data());
    ::_exit(127);
  }
  fd_ = net::Fd(fd);
}

Terminal::~Terminal() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
}

bool Terminal::read_more() {
  pollfd waiting{.fd = fd_.get(), .events = POLLIN, .revents = 0};
  const auto patience = std::chrono::milliseconds(kPatience).count();
  if (::poll(&waiting, 1, static_cast<int>(patience)) <= 0) {
    throw std::runtime_error("nothing more came from the program; until then:\n" + output_);
  }
  std::array<char, 4096> bytes{};
  const ssize_t got = ::read(fd_.get(), bytes.data(), bytes.size());  // fails once the program has gone
  output_.append(bytes.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
  return got > 0;
}

bool Terminal::shows(std::string_view text, int times) {
  std::size_t from = 0;
  while (times > 0) {
    if (const std::size_t found = output_.find(text, from); found != std::string::npos) {
      from = found + text.size();
      --times;
    } else if (!read_more()) {
      return false;
    }
  }
  return true;
}

void Terminal::type(std::string_view keys) const {
  if (::write(fd_.get(), keys.data(), keys.size()) != static_cast<ssize_t>(keys.size())) {
    throw std::system_error(errno, std::generic_category(), "write to a terminal");
  }
}

int Terminal::wait() {
  while (read_more()) {
  }
  int status = 0;
  ::waitpid(pid_, &status, 0);
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::string screen_of(std::string_view output) {
  constexpr std::string_view kClearToEnd = "\x1b[K";
  std::string done;
  std::string line;
  std::size_t column = 0;
  while (!output.empty()) {
    if (output.starts_with(kClearToEnd)) {
      line.resize(column);
      output.remove_prefix(kClearToEnd.size());
      continue;
    }
    const char character = output.front();
    output.remove_prefix(1);
    if (character == '\n') {
      done.append(line).append("\n");
      line.clear();
      column = 0;
    } else if (character == '\r') {
      column = 0;
    } else {
      line.resize(std::max(line.size(), column + 1), ' ');
      line[column++] = character;
    }
  }
  return done + line;
}

}  // namespace threadecho::test
