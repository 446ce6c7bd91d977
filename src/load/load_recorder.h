#pragma once

#include <chrono>
#include <cstdint>
#include <utility>
#include <vector>

#include "client/local_stalls.h"
#include "load/sample_file.h"
#include "stats/latency_histogram.h"
#include "stats/single_writer_counter.h"

namespace threadecho::load {

using stats::SingleWriterCounter;

/// Nanoseconds of the monotonic clock.
using Nanoseconds = std::int64_t;
inline constexpr Nanoseconds kMillisecond = 1'000'000;
inline constexpr Nanoseconds kSecond = 1000 * kMillisecond;

inline Nanoseconds monotonic_now() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

/// The measurements of one worker. Its thread writes; main reads the counters and the live histograms at any time, the
/// rest after it has joined the worker.
struct LoadRecorder {
  // Messages whose reference time (completed, or due in the open loop) lies in [from, to) are measured.
  Nanoseconds from = INT64_MAX;
  Nanoseconds to = INT64_MAX;
  bool times_messages = true;         ///< not in bulk and hold: their latencies say nothing
  bool by_due_time = false;           ///< the open loop
  SampleFile* sample_file = nullptr;  ///< takes every measured latency; null: --raw-samples was not given

  SingleWriterCounter messages;           ///< all that came back, in the warm-up too
  SingleWriterCounter measured_messages;  ///< those within the window
  SingleWriterCounter open_connections;
  SingleWriterCounter failures;
  SingleWriterCounter
      missed_messages;         ///< open loop: due within the window while their connection was down, or lost with it
  SingleWriterCounter proved;  ///< held connections that still echoed at the end
  stats::SingleWriterLatencyHistogram latencies;  ///< of measured messages
  stats::SingleWriterLatencyHistogram connect_times;
  client::LocalStalls local_stalls;
  SampleFile::Chunk samples;  ///< those that the file has not been given yet, fewer than a whole chunk

  /// A whole message is back that counts from `began`.
  void message(Nanoseconds began, Nanoseconds now) {
    messages.add(1);
    const Nanoseconds reference = by_due_time ? began : now;
    if (reference < from || reference >= to) {
      return;
    }
    measured_messages.add(1);
    if (times_messages) {
      const Nanoseconds latency = now > began ? now - began : 0;
      latencies.record(std::chrono::nanoseconds(latency));
      if (sample_file != nullptr) {
        keep_sample(latency);
      }
    }
  }

  /// Gives the file what it has not been given yet. Call it when no more messages come.
  void flush_samples() {
    if (sample_file != nullptr) {
      sample_file->add(std::exchange(samples, {}));
    }
  }

 private:
  void keep_sample(Nanoseconds latency) {
    if (samples.empty()) {
      samples.reserve(SampleFile::kChunkSize);
    }
    samples.push_back(latency);
    if (samples.size() == SampleFile::kChunkSize) {
      flush_samples();
    }
  }
};

}  // namespace threadecho::load
