#pragma once

#include <string>

namespace threadecho::compare {

/// One line on a terminal, which is overwritten; elsewhere nothing: the table is all that stays.
class CompareProgress {
 public:
  /// Writes to this descriptor, which stays the caller's.
  CompareProgress(int fd, bool is_quiet);
  /// Takes the line away.
  ~CompareProgress();
  CompareProgress(const CompareProgress&) = delete;
  CompareProgress& operator=(const CompareProgress&) = delete;

  void show(std::string line) const;

 private:
  void write(const std::string& text) const;

  int fd_;
  bool is_shown_;
};

}  // namespace threadecho::compare
