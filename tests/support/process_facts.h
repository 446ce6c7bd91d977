#pragma once

#include <sys/types.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace threadecho::test {

/// What /proc says of a process; by default of this one.

/// Ids of the threads whose names have this prefix, and how many there are.
std::vector<pid_t> threads_of(std::string_view name_prefix, int pid = ::getpid());
std::size_t count_threads(std::string_view name_prefix, int pid = ::getpid());
/// Open descriptors.
std::size_t count_descriptors(int pid = ::getpid());
/// VmRSS in bytes.
std::size_t resident_bytes(int pid = ::getpid());

/// Ids of its children that have not ended.
std::vector<pid_t> children_of(int pid);
/// Whether it exists and has not ended. A zombie has ended.
bool is_running(int pid);
/// Whether its main thread waits for something, and neither works nor could work.
bool is_waiting(int pid);
/// What it was started with: "threadecho", "serve", ...
std::vector<std::string> arguments_of(int pid);
/// NAME=value of its environment.
std::vector<std::string> environment_of(int pid);

/// Whether ::1 is an address of this host. In many containers it is not.
bool has_ipv6_loopback();

struct ContextSwitches {
  std::uint64_t voluntary = 0;
  std::uint64_t involuntary = 0;
};
/// Sum over the living threads whose names have this prefix.
ContextSwitches context_switches(std::string_view name_prefix = "", int pid = ::getpid());

}  // namespace threadecho::test
