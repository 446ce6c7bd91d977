#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "client/arguments.h"
#include "client/target.h"
#include "config/settings_error.h"

namespace threadecho::watch {

/// Targets, and what is wrong with the others. No target stands there twice.
class TargetList {
 public:
  explicit TargetList(std::vector<client::Target> first = {});

  std::vector<client::Target> targets;
  std::vector<config::Problem> problems;

  /// Takes one HOST:PORT. `origin` is where it stands: "argument", "targets:3".
  void add(std::string_view text, const std::string& origin, const client::ConnectFlags& flags);
  /// Takes targets between commas and white space, as WATCH_TARGETS has them.
  void add_all(std::string_view text, const std::string& origin, const client::ConnectFlags& flags);
  /// Takes those of a file: one or more on a line, '#' begins a comment. At most kMostFileBytes.
  void add_file(const std::string& path, const client::ConnectFlags& flags);

  static constexpr std::size_t kMostFileBytes = std::size_t{4} * 1024 * 1024;

 private:
  std::unordered_set<std::string> names_;
};

}  // namespace threadecho::watch
