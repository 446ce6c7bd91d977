#include "support/process_facts.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <system_error>

namespace threadecho::test {
namespace {

namespace fs = std::filesystem;

fs::path process_directory(int pid) { return fs::path("/proc") / std::to_string(pid); }

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
