#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "support/server_process.h"

namespace threadecho::test {

/// A directory that looks like procfs. It has one process at first, kSelf, which runs threadecho.
class FakeProc {
 public:
  enum class Program { kThreadecho, kOther };
  static constexpr int kSelf = 99;

  FakeProc();

  [[nodiscard]] std::filesystem::path path() const { return directory_.path() / "proc"; }
  /// Adds a process, or replaces it.
  void add(int pid, int parent, const std::vector<std::string>& arguments, Program program = Program::kThreadecho,
           char state = 'S') const;
  void move_to_another_network(int pid) const;

 private:
  void link(int pid, const std::string& name, const std::string& file) const;

  TemporaryDirectory directory_;
};

}  // namespace threadecho::test
