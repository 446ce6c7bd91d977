#pragma once

#include <chrono>
#include <cstdint>

#include "net/fd.h"

namespace threadecho::host {

/// What all threads of this process have used since it started.
struct ProcessUsage {
  std::chrono::nanoseconds cpu_time{0};    ///< user and system
  std::uint64_t voluntary_switches = 0;    ///< a thread waited
  std::uint64_t involuntary_switches = 0;  ///< a thread was preempted
};

/// One getrusage(2), which visits each thread: 0.8 ms at 9,000. /proc/self/stat would visit them all again.
ProcessUsage process_usage();

/// The sizes of this process now. All are 0 without /proc.
struct ProcessSizes {
  std::uint64_t resident_bytes = 0;
  std::uint64_t virtual_bytes = 0;
  std::uint64_t threads = 0;
};

/// /proc/self/status, opened once, so that a process out of descriptors can still read it. Any thread may call it.
class ProcessStatus {
 public:
  ProcessStatus();

  [[nodiscard]] ProcessSizes sizes() const;

 private:
  net::Fd file_;
};

}  // namespace threadecho::host
