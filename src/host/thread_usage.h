#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace threadecho::host {

/// What the kernel says of one thread of this process.
struct ThreadUsage {
  std::string name;
  bool is_running = false;               ///< it has a CPU, or waits for one
  std::chrono::nanoseconds cpu_time{0};  ///< user and system
  std::chrono::nanoseconds cpu_wait{0};  ///< it could run, and waited for a CPU; 0 on a kernel without schedstat
  std::uint64_t voluntary_switches = 0;
  std::uint64_t involuntary_switches = 0;
};

/// Reads /proc/self/task/ID/stat, schedstat and status: about 20 us. Nothing if the thread has ended, or without a
/// descriptor. `thread_id` is what gettid(2) gives.
std::optional<ThreadUsage> thread_usage(std::uint32_t thread_id);

}  // namespace threadecho::host
