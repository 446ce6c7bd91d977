#pragma once

#include <cstddef>
#include <string>

#include "load/load_run.h"

namespace threadecho::load {

/// Shows the progress of a run: one line that is overwritten on a terminal, lines elsewhere; nothing with --quiet. With
/// --timestamps each begins with the wall clock.
class LoadProgress {
 public:
  /// Writes to this descriptor, which stays the caller's.
  LoadProgress(const LoadOptions& options, int fd);

  /// Says something about the run on a line of its own. Call it before the first show().
  void say(const std::string& notice) const;
  void show(const LoadSnapshot& snapshot);
  /// Erases the line on a terminal; the result follows.
  void finish();

 private:
  [[nodiscard]] std::size_t width() const;
  [[nodiscard]] std::string stamp(text::WallTime time) const;
  void write(const std::string& text) const;

  const LoadOptions& options_;
  int fd_;
  bool is_terminal_;
};

}  // namespace threadecho::load
