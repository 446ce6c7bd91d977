#include "admin/process_collector.h"

#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <fstream>
#include <limits>
#include <sstream>
#include <string>
#include <string_view>

#include "admin/families.h"
#include "host/memory_limit.h"

namespace threadecho::admin {
namespace {

using Families = std::vector<prometheus::MetricFamily>;
using Seconds = std::chrono::duration<double>;

/// Seconds from the epoch to the machine's start: "btime" of /proc/stat, proc(5).
double boot_time() {
  std::ifstream file("/proc/stat");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("btime ")) {
      return std::stod(line.substr(6));
    }
  }
  return 0;
}

/// The 22nd field of /proc/self/stat: ticks from the machine's start to the process's. The second one is a name in
/// parentheses, which may hold anything.
Seconds start_time() {
  std::ifstream file("/proc/self/stat");
  std::string line;
  std::getline(file, line, '\0');
  const auto after_name = line.rfind(')');
  if (after_name == std::string::npos) {
    return Seconds{0};
  }
  std::istringstream fields(line.substr(after_name + 1));
  std::string skipped;
  for (int field = 3; field < 22; ++field) {
    fields >> skipped;
  }
  double ticks = 0;
  fields >> ticks;
  return Seconds{boot_time() + ticks / static_cast<double>(::sysconf(_SC_CLK_TCK))};
}

void add_usage(Families& families) {
  const host::ProcessUsage usage = host::process_usage();
  constexpr std::array<std::string_view, 2> kKinds = {"voluntary", "involuntary"};
  const std::array<std::uint64_t, 2> switches = {usage.voluntary_switches, usage.involuntary_switches};
  families.push_back(counters("threadecho_context_switches_total",
                              "Context switches of all threads, by kind: a thread waited, or it was preempted.", "kind",
                              kKinds, switches));
  families.push_back(
      counter("process_cpu_seconds_total", "User and system processor time of all threads.", Seconds(usage.cpu_time)));
}

void add_sizes(Families& families, const host::ProcessSizes& sizes) {
  if (sizes.threads == 0) {
    return;  // without /proc there is nothing to say
  }
  families.push_back(gauge("process_resident_memory_bytes", "Memory of the process that is in RAM.",
                           static_cast<double>(sizes.resident_bytes)));
  families.push_back(
      gauge("process_virtual_memory_bytes", "Address space of the process.", static_cast<double>(sizes.virtual_bytes)));
  families.push_back(gauge("process_threads", "Threads of the process, including those that do not echo.",
                           static_cast<double>(sizes.threads)));
}

double max_descriptors() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) {
    return std::numeric_limits<double>::infinity();
  }
  return static_cast<double>(limit.rlim_cur);
}

}  // namespace

ProcessCollector::ProcessCollector()
    : started_(start_time()), memory_limit_(static_cast<double>(host::memory_limit_bytes())) {}

Families ProcessCollector::Collect() const {
  Families families;
  add_usage(families);
  add_sizes(families, status_.sizes());
  families.push_back(gauge("process_open_fds", "Open descriptors.",
                           static_cast<double>(open_descriptors_.count(host::OpenDescriptors::Clock::now()))));
  families.push_back(gauge("process_max_fds", "Descriptors that may be open.", max_descriptors()));
  families.push_back(
      gauge("process_start_time_seconds", "When the process started, in seconds since the epoch.", started_.count()));
  families.push_back(
      gauge("threadecho_memory_limit_bytes",
            "Memory that the process may use: the smallest limit of its cgroups, or the memory of the machine.",
            memory_limit_));
  return families;
}

}  // namespace threadecho::admin
