#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

#include "net/fd.h"

namespace threadecho::test {

/// The real program with a terminal of its own for all three standard streams, as a user has it. The destructor kills
/// it if it still runs.
class Terminal {
 public:
  Terminal(std::vector<std::string> arguments, unsigned short columns);
  ~Terminal();
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  /// Waits until the program has written this `times` times; false when it has ended before. Throws when nothing comes
  /// for kPatience.
  bool shows(std::string_view text, int times);
  /// As if typed: "\x03" is Ctrl-C.
  void type(std::string_view keys) const;
  /// Waits for the end and returns the exit status, or 128 + the number of the signal that killed it.
  int wait();

  /// All that was written so far.
  [[nodiscard]] const std::string& output() const noexcept { return output_; }

 private:
  bool read_more();

  net::Fd fd_;
  pid_t pid_ = -1;
  std::string output_;
};

/// What is left to see of what was written to a terminal: a carriage return goes back to the first column, where what
/// follows overwrites, and ESC [ K deletes to the end of the line.
std::string screen_of(std::string_view output);

}  // namespace threadecho::test
