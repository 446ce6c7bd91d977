#pragma once

#include <string>

#include "load/load_run.h"

namespace threadecho::load {

/// Shows the progress of a run: one line that is overwritten on a terminal, a line a second elsewhere.
class LoadProgress {
 public:
  /// Writes to this descriptor, which stays the caller's.
  LoadProgress(const LoadOptions& options, int fd);

  void show(const LoadSnapshot& snapshot);
  /// Takes the line away from a terminal; the result follows.
  void finish();

 private:
  void write(const std::string& text) const;

  const LoadOptions& options_;
  int fd_;
  bool is_terminal_;
};

}  // namespace threadecho::load
