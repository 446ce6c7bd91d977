#pragma once

#include <string>

namespace threadecho::compare {

/// Shows progress in one line that it overwrites. Writes only to a terminal: in the end only the table remains.
class CompareProgress {
 public:
  /// Writes to this descriptor, which stays the caller's.
  CompareProgress(int fd, bool is_quiet);
  /// Erases the line.
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
