#pragma once

#include <prometheus/collectable.h>

#include <chrono>
#include <vector>

#include "host/open_descriptors.h"
#include "host/process_usage.h"

namespace threadecho::admin {

/// What the operating system says about this process: processor time, memory, descriptors, threads, context switches.
/// Reads only what stays cheap with thousands of threads.
/// Collect may be called from any thread.
class ProcessCollector : public prometheus::Collectable {
 public:
  /// Opens the files that a scrape reads, so that a process out of descriptors can still report it, and reads what
  /// never changes.
  ProcessCollector();

  [[nodiscard]] std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  host::ProcessStatus status_;
  std::chrono::duration<double> started_;           // since the epoch; 0 when /proc does not say
  double memory_limit_;                             // bytes; 0 when unknown
  mutable host::OpenDescriptors open_descriptors_;  // remembers a listing
};

}  // namespace threadecho::admin
