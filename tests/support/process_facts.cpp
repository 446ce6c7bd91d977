#include "support/process_facts.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <system_error>

namespace threadecho::test {
namespace {

namespace fs = std::filesystem;

fs::path process_directory(int pid) { return fs::path("/proc") / std::to_string(pid); }

struct Origin {
  char state = 'X';
  int parent = 0;
};

/// From /proc/PID/stat, proc(5). The name in parentheses may hold anything.
Origin origin_of(const fs::path& process) {
  std::ifstream file(process / "stat");
  std::string line;
  std::getline(file, line, '\0');
  Origin origin;
  if (const std::size_t end = line.rfind(')'); end != std::string::npos) {
    std::istringstream(line.substr(end + 1)) >> origin.state >> origin.parent;
  }
  return origin;
}

bool has_ended(const Origin& origin) { return origin.state == 'Z' || origin.state == 'X'; }

std::vector<std::string> strings_in(const fs::path& path) {
  std::vector<std::string> strings;
  std::ifstream file(path);
  for (std::string string; std::getline(file, string, '\0');) {
    strings.push_back(string);
  }
  return strings;
}

}  // namespace

std::vector<pid_t> threads_of(std::string_view name_prefix, int pid) {
  std::vector<pid_t> threads;
  std::error_code ignored;  // a thread may go while the directory is read
  for (const auto& task : fs::directory_iterator(process_directory(pid) / "task", ignored)) {
    std::ifstream file(task.path() / "comm");
    std::string name;
    if (std::getline(file, name) && name.starts_with(name_prefix)) {
      threads.push_back(std::stoi(task.path().filename().string()));
    }
  }
  return threads;
}

std::size_t count_threads(std::string_view name_prefix, int pid) { return threads_of(name_prefix, pid).size(); }

std::size_t count_descriptors(int pid) {
  return static_cast<std::size_t>(
      std::distance(fs::directory_iterator(process_directory(pid) / "fd"), fs::directory_iterator{}));
}

std::size_t resident_bytes(int pid) {
  std::ifstream status(process_directory(pid) / "status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) {
      return std::stoul(line.substr(6)) * 1024;
    }
  }
  return 0;
}

std::vector<pid_t> children_of(int pid) {
  std::vector<pid_t> children;
  std::error_code ignored;  // a process may go while the directory is read
  for (const auto& process : fs::directory_iterator("/proc", ignored)) {
    const std::string name = process.path().filename().string();
    if (std::ranges::all_of(name, [](char c) { return c >= '0' && c <= '9'; })) {
      const Origin origin = origin_of(process.path());
      if (origin.parent == pid && !has_ended(origin)) {
        children.push_back(std::stoi(name));
      }
    }
  }
  return children;
}

bool is_running(int pid) { return !has_ended(origin_of(process_directory(pid))); }

bool is_waiting(int pid) { return origin_of(process_directory(pid)).state == 'S'; }

std::vector<std::string> arguments_of(int pid) { return strings_in(process_directory(pid) / "cmdline"); }

std::vector<std::string> environment_of(int pid) { return strings_in(process_directory(pid) / "environ"); }

ContextSwitches context_switches(std::string_view name_prefix, int pid) {
  ContextSwitches sum;
  for (const pid_t thread : threads_of(name_prefix, pid)) {
    std::ifstream status(process_directory(pid) / "task" / std::to_string(thread) / "status");
    for (std::string line; std::getline(status, line);) {
      const auto add_if = [&line](std::string_view key, std::uint64_t& number) {
        if (line.starts_with(key)) {
          number += std::stoul(line.substr(key.size()));
        }
      };
      add_if("voluntary_ctxt_switches:", sum.voluntary);
      add_if("nonvoluntary_ctxt_switches:", sum.involuntary);
    }
  }
  return sum;
}

bool has_ipv6_loopback() {
  std::ifstream addresses("/proc/net/if_inet6");
  for (std::string line; std::getline(addresses, line);) {
    if (line.starts_with("00000000000000000000000000000001 ")) {
      return true;
    }
  }
  return false;
}

}  // namespace threadecho::test
