#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "net/fd.h"

namespace threadecho::load {

/// The file of --raw-samples: one latency a line, in nanoseconds. A thread of its own writes it while the run goes on,
/// so that neither a worker's latencies contain the writing nor memory grows with the run. Owned by the command; any
/// worker may add chunks.
class SampleFile {
 public:
  using Chunk = std::vector<std::int64_t>;
  /// Samples that a worker collects before it adds them.
  static constexpr std::size_t kChunkSize = 4096;
  /// Chunks that may wait to be written: 2 MiB of samples.
  static constexpr std::size_t kMostWaiting = 64;

  /// Starts the thread. Call it with the signals blocked that the thread must not get.
  explicit SampleFile(net::Fd file);
  ~SampleFile();
  SampleFile(const SampleFile&) = delete;
  SampleFile& operator=(const SampleFile&) = delete;

  /// Waits while kMostWaiting others wait: a file that takes no more slows the run down instead of filling memory.
  void add(Chunk chunk);
  /// Writes what is left. Throws std::system_error if the file did not take all of it. Nothing may be added afterwards.
  void finish();
  /// Chunks that wait to be written.
  [[nodiscard]] std::size_t waiting() const;

 private:
  void write_all_chunks();
  void end_thread();

  net::Fd file_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Chunk> chunks_;  ///< these three are protected by mutex_
  bool has_ended_ = false;
  int error_ = 0;  ///< errno of the first write that failed; later chunks are dropped
  std::thread thread_;
};

}  // namespace threadecho::load
