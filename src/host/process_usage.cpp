#include "host/process_usage.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <string_view>

#include "host/proc_text.h"

namespace threadecho::host {
namespace {

constexpr std::uint64_t kStatusUnit = 1024;  // "kB"

std::chrono::nanoseconds to_duration(const timeval& time) {
  return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
}

}  // namespace

ProcessUsage process_usage() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return {.cpu_time = to_duration(usage.ru_utime) + to_duration(usage.ru_stime),
          .voluntary_switches = static_cast<std::uint64_t>(usage.ru_nvcsw),
          .involuntary_switches = static_cast<std::uint64_t>(usage.ru_nivcsw)};
}

ProcessStatus::ProcessStatus() : file_(::open("/proc/self/status", O_RDONLY | O_CLOEXEC)) {}

ProcessSizes ProcessStatus::sizes() const {
  ProcText buffer{};
  const std::string_view status = read_proc_text(file_.get(), buffer);
  return {.resident_bytes = number_after(status, "\nVmRSS:") * kStatusUnit,
          .virtual_bytes = number_after(status, "\nVmSize:") * kStatusUnit,
          .threads = number_after(status, "\nThreads:")};
}

}  // namespace threadecho::host
