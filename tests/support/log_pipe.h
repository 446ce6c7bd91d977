#pragma once

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "log/setup.h"
#include "net/fd.h"

namespace threadecho::test {

struct Pipe {
  Pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
      throw std::runtime_error("pipe2");
    }
    reader = net::Fd(ends[0]);
    writer = net::Fd(ends[1]);
  }
  net::Fd reader;
  net::Fd writer;
};

/// What can be read without waiting.
inline std::string read_available(int fd) {
  std::string text;
  std::array<char, 4096> chunk;
  pollfd entry{fd, POLLIN, 0};
  while (::poll(&entry, 1, 0) == 1 && (entry.revents & POLLIN) != 0) {
    const ssize_t got = ::read(fd, chunk.data(), chunk.size());
    if (got <= 0) {
      break;
    }
    text.append(chunk.data(), static_cast<std::size_t>(got));
  }
  return text;
}

inline std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    lines.push_back(line);
  }
  return lines;
}

/// A logger of every level on a descriptor.
struct Log {
  explicit Log(int fd, log::LogFormat format = log::LogFormat::kText, log::LogLevel level = log::LogLevel::kTrace)
      : sink(std::make_shared<log::StdoutSink>(fd)), logger(log::make_logger(level, format, sink)) {}
  std::shared_ptr<log::StdoutSink> sink;
  log::Logger logger;
};

}  // namespace threadecho::test
