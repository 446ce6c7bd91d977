#include "admin/process_collector.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <prometheus/client_metric.h>
#include <prometheus/metric_family.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <barrier>
#include <chrono>
#include <ctime>
#include <fstream>
#include <latch>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "net/fd.h"
#include "support/process_facts.h"

namespace threadecho::admin {
namespace {

constexpr double kMebibyte = 1024 * 1024;

/// The value of a series that has no label, or whose only label has this value.
double value_of(const ProcessCollector& collector, std::string_view name, std::string_view label = "") {
  for (const prometheus::MetricFamily& family : collector.Collect()) {
    for (const prometheus::ClientMetric& metric : family.metric) {
      if (family.name == name && (label.empty() || metric.label.front().value == label)) {
        return family.type == prometheus::MetricType::Counter ? metric.counter.value : metric.gauge.value;
      }
    }
  }
  throw std::runtime_error("no metric " + std::string(name));
}

/// A number of this process's smaps_rollup, where the kernel counts page by page.
double resident_by_pages() {
  std::ifstream file("/proc/self/smaps_rollup");
  std::string key;
  for (double kibibytes = 0; file >> key; file.ignore(200, '\n')) {
    if (key == "Rss:" && file >> kibibytes) {
      return kibibytes * 1024;
    }
  }
  return 0;
}

double processor_seconds() {
  timespec time{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

TEST(ProcessCollector, AgreesWithTheKernelsCountOfResidentPages) {
  const ProcessCollector collector;
  const std::string held(64 * 1024 * 1024, 'x');
  // The kernel adds up this number from counters of each processor, and may be behind by some pages.
  EXPECT_NEAR(value_of(collector, "process_resident_memory_bytes"), resident_by_pages(), 2 * kMebibyte);
  EXPECT_GT(value_of(collector, "process_resident_memory_bytes"), static_cast<double>(held.size()));
  EXPECT_LT(value_of(collector, "process_resident_memory_bytes"), value_of(collector, "threadecho_memory_limit_bytes"));
}

TEST(ProcessCollector, SeesAddressSpaceThatIsMapped) {
  constexpr std::size_t kMapped = std::size_t{256} * 1024 * 1024;
  const ProcessCollector collector;
  const double before = value_of(collector, "process_virtual_memory_bytes");
  void* const mapping = ::mmap(nullptr, kMapped, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(mapping, MAP_FAILED);
  EXPECT_NEAR(value_of(collector, "process_virtual_memory_bytes"), before + static_cast<double>(kMapped), kMebibyte);
  ::munmap(mapping, kMapped);
}

TEST(ProcessCollector, CountsThreadsAndDescriptors) {
  const ProcessCollector collector;
  EXPECT_EQ(value_of(collector, "process_threads"), static_cast<double>(test::count_threads("")));
  std::latch counted(1);
  std::vector<std::jthread> waiting;
  for (int i = 0; i < 3; ++i) {
    waiting.emplace_back([&counted] { counted.wait(); });
  }
  EXPECT_EQ(value_of(collector, "process_threads"), static_cast<double>(test::count_threads("")));
  counted.count_down();

  const net::Fd another(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  EXPECT_EQ(value_of(collector, "process_open_fds"), static_cast<double>(test::count_descriptors() - 1));
}

TEST(ProcessCollector, KnowsTheLimitOfDescriptors) {
  std::ifstream limits("/proc/self/limits");
  constexpr std::string_view kKey = "Max open files";
  std::string line;
  while (std::getline(limits, line) && !line.starts_with(kKey)) {
  }
  EXPECT_EQ(value_of(ProcessCollector{}, "process_max_fds"), std::stod(line.substr(kKey.size())));
}

TEST(ProcessCollector, CountsProcessorTimeLikeTheProcessClock) {
  const ProcessCollector collector;
  const double start = processor_seconds();
  while (processor_seconds() < start + 0.05) {
  }
  constexpr double kMicrosecond = 1e-6;  // user and system time are each cut off there
  const double before = processor_seconds();
  const double told = value_of(collector, "process_cpu_seconds_total");
  EXPECT_GE(told, before - 2 * kMicrosecond);
  EXPECT_LE(told, processor_seconds());
}

/// tests/e2e tests this with a process whose start time it knows.
TEST(ProcessCollector, SaysThatTheProcessStartedAfterTheMachine) {
  std::ifstream uptime_file("/proc/uptime");
  double uptime = 0;
  uptime_file >> uptime;
  const double now = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  const double told = value_of(ProcessCollector{}, "process_start_time_seconds");
  EXPECT_GT(told, now - uptime);
  EXPECT_LE(told, now);
}

/// Between two readings of /proc the kernel's sum must lie; threads that have ended are in the sum and not in /proc, so
/// differences are compared.
TEST(ProcessCollector, CountsTheContextSwitchesThatProcShowsForEachThread) {
  constexpr int kRounds = 500;
  const ProcessCollector collector;
  std::barrier<> meeting(2);
  std::latch counted(1);
  std::jthread partner([&] {
    for (int i = 0; i < kRounds; ++i) {
      meeting.arrive_and_wait();
    }
    counted.wait();  // as long as it lives, /proc shows its switches
  });
  const auto told = [&collector] { return value_of(collector, "threadecho_context_switches_total", "voluntary"); };
  const auto shown = [] { return static_cast<double>(test::context_switches().voluntary); };
  const double shown_before = shown();
  const double told_before = told();
  const double shown_after_that = shown();
  for (int i = 0; i < kRounds; ++i) {
    meeting.arrive_and_wait();
  }
  const double shown_then = shown();
  const double told_then = told();
  const double shown_last = shown();
  EXPECT_GE(told_then - told_before, shown_then - shown_after_that);
  EXPECT_LE(told_then - told_before, shown_last - shown_before);
  counted.count_down();
}

TEST(ProcessCollector, SpeaksWhenNoDescriptorIsLeft) {
  const ProcessCollector collector;
  const std::size_t before = test::count_descriptors() - 1;
  std::vector<net::Fd> taken;
  rlimit limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
  const rlimit lowered{.rlim_cur = test::count_descriptors() + 8, .rlim_max = limit.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &lowered), 0);
  do {
    taken.emplace_back(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  } while (taken.back());
  const double resident = value_of(collector, "process_resident_memory_bytes");
  const double open = value_of(collector, "process_open_fds");
  const double most = value_of(collector, "process_max_fds");
  const std::size_t opened = taken.size() - 1;
  taken.clear();
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &limit), 0);
  EXPECT_GT(resident, kMebibyte);
  EXPECT_EQ(most, static_cast<double>(lowered.rlim_cur));
  if (host::descriptors_by_size() > 0) {
    EXPECT_EQ(open, static_cast<double>(before + opened));
  }
}

}  // namespace
}  // namespace threadecho::admin
