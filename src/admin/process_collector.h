#pragma once

#include <prometheus/collectable.h>

#include <chrono>
#include <vector>

#include "host/open_descriptors.h"
#include "net/fd.h"

namespace threadecho::admin {

/// What the operating system says of this process: processor time, memory, descriptors, threads, context switches.
/// Reads only what stays cheap with thousands of threads: one getrusage, which visits each of them (0.8 ms at 9,000),
/// gives processor time and context switches together; /proc/self/stat would visit them all again.
/// Collect may be called from any thread.
class ProcessCollector : public prometheus::Collectable {
 public:
  /// Opens what a scrape reads, so that a process out of descriptors still says so, and reads what never changes.
  ProcessCollector();

  [[nodiscard]] std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  net::Fd status_;                                  // /proc/self/status
  std::chrono::duration<double> started_;           // since the epoch; 0 when /proc does not say
  double memory_limit_;                             // bytes; 0 when unknown
  mutable host::OpenDescriptors open_descriptors_;  // remembers a listing
};

}  // namespace threadecho::admin
