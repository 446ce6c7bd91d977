#include "load/sample_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <numeric>
#include <sstream>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "load/load_recorder.h"
#include "support/eventually.h"
#include "support/server_process.h"

namespace threadecho::test {
namespace {

using load::LoadRecorder;
using load::Nanoseconds;
using load::SampleFile;

net::Fd open_to_write(const std::string& path) { return net::Fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC)); }

std::vector<Nanoseconds> samples_in(const std::string& path) {
  std::ifstream lines(path);
  return {std::istream_iterator<Nanoseconds>(lines), {}};
}

/// Every sample is a number that no other has.
SampleFile::Chunk chunk(Nanoseconds number) {
  SampleFile::Chunk samples(SampleFile::kChunkSize);
  std::iota(samples.begin(), samples.end(), number * static_cast<Nanoseconds>(samples.size()));
  return samples;
}

TEST(SampleFile, HasEverySampleOfARecorderOnALine) {
  const TemporaryDirectory directory;
  const std::string path = directory.write("samples", "");
  SampleFile file(open_to_write(path));
  LoadRecorder recorder;
  recorder.from = 0;
  recorder.sample_file = &file;
  constexpr Nanoseconds kCount = 3 * SampleFile::kChunkSize + 5;
  for (Nanoseconds latency = 0; latency < kCount; ++latency) {
    recorder.message(1, 1 + latency);
    ASSERT_LE(recorder.samples.capacity(), SampleFile::kChunkSize) << "a worker keeps no more than a chunk";
  }
  recorder.flush_samples();
  file.finish();
  const auto samples = samples_in(path);
  ASSERT_EQ(samples.size(), static_cast<std::size_t>(kCount));
  for (Nanoseconds latency = 0; latency < kCount; ++latency) {
    ASSERT_EQ(samples[static_cast<std::size_t>(latency)], latency);
  }
}

// While the file takes nothing, a thread that adds must wait, and memory must not grow.
TEST(SampleFile, HoldsFewChunksWhenTheFileTakesNoMore) {
  constexpr Nanoseconds kChunks = 3 * SampleFile::kMostWaiting;
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  const net::Fd reader(ends[0]);
  ASSERT_GT(::fcntl(ends[1], F_SETPIPE_SZ, 4096), 0);
  SampleFile file{net::Fd(ends[1])};
  std::atomic<Nanoseconds> added{0};
  std::thread worker([&] {
    for (Nanoseconds number = 0; number < kChunks; ++number) {
      file.add(chunk(number));
      ++added;
    }
    file.finish();
  });
  EXPECT_TRUE(eventually([&] { return file.waiting() == SampleFile::kMostWaiting; }));
  // One more is being written, and a pipe of up to 64 KiB (a page of some machines) holds three as text.
  EXPECT_LE(added, static_cast<Nanoseconds>(SampleFile::kMostWaiting) + 4);

  std::string text;
  std::array<char, 65536> buffer{};
  Nanoseconds lines = 0;
  while (lines < kChunks * static_cast<Nanoseconds>(SampleFile::kChunkSize)) {
    const ssize_t got = ::read(reader.get(), buffer.data(), buffer.size());
    ASSERT_GT(got, 0);
    text.append(buffer.data(), static_cast<std::size_t>(got));
    lines += std::count(buffer.begin(), buffer.begin() + got, '\n');
    ASSERT_LE(file.waiting(), SampleFile::kMostWaiting);
  }
  worker.join();
  std::istringstream numbers(text);
  Nanoseconds expected = 0;
  for (Nanoseconds sample = 0; numbers >> sample; ++expected) {
    ASSERT_EQ(sample, expected);
  }
  EXPECT_EQ(expected, kChunks * static_cast<Nanoseconds>(SampleFile::kChunkSize));
}

TEST(SampleFile, SaysAtTheEndThatTheFileWasFullAndKeepsNoWorkerWaiting) {
  SampleFile file(open_to_write("/dev/full"));
  for (Nanoseconds number = 0; number < 3 * static_cast<Nanoseconds>(SampleFile::kMostWaiting); ++number) {
    file.add(chunk(number));
  }
  try {
    file.finish();
    FAIL();
  } catch (const std::system_error& error) {
    EXPECT_EQ(error.code().value(), ENOSPC);
  }
}

}  // namespace
}  // namespace threadecho::test
