// The cost of counting and timing a message, and of the sum for a scrape.
#include <benchmark/benchmark.h>
#include <prometheus/counter.h>
#include <prometheus/histogram.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "echo/connection.h"
#include "echo/connection_registry.h"
#include "echo/totals.h"
#include "net/endpoint.h"
#include "net/fd.h"
#include "stats/histogram.h"
#include "stats/single_writer_counter.h"

namespace threadecho::bench {
namespace {

using echo::Clock;
using std::chrono::nanoseconds;
using EchoHistogram = stats::SingleWriterHistogram<echo::EchoDurationBuckets>;

constexpr std::uint64_t kMessageBytes = 64;

/// Durations of echoes as small messages have them, in a fixed order that spreads over four buckets: with a single
/// value the processor would predict all branches.
class Durations {
 public:
  nanoseconds next() noexcept { return kValues[next_++ % kValues.size()]; }

 private:
  static constexpr std::array<nanoseconds, 16> kValues = {
      nanoseconds(3'100),  nanoseconds(7'900), nanoseconds(4'200), nanoseconds(18'000),
      nanoseconds(5'600),  nanoseconds(3'900), nanoseconds(9'700), nanoseconds(2'400),
      nanoseconds(11'000), nanoseconds(4'800), nanoseconds(6'300), nanoseconds(3'300),
      nanoseconds(2'200),  nanoseconds(8'500), nanoseconds(4'400), nanoseconds(14'000)};
  std::size_t next_ = 0;
};

prometheus::Histogram::BucketBoundaries prometheus_bounds() {
  prometheus::Histogram::BucketBoundaries bounds;
  for (const nanoseconds bound : echo::kEchoDurationBounds) {
    bounds.push_back(std::chrono::duration<double>(bound).count());
  }
  return bounds;
}

/// One object for all threads of a run, as a registry hands it out. An object that a benchmark creates
/// itself exists once in each thread.
class Shared : public benchmark::Fixture {
 protected:
  std::atomic<std::uint64_t> atomic_{0};
  prometheus::Counter received_bytes_;
  prometheus::Counter receives_;
  prometheus::Counter echoed_bytes_;
  prometheus::Histogram echo_duration_{prometheus_bounds()};
};

void two_clock_reads(benchmark::State& state) {
  while (state.KeepRunning()) {
    const auto start = Clock::now();
    benchmark::ClobberMemory();
    benchmark::DoNotOptimize(Clock::now() - start);
  }
}

void single_writer_counter(benchmark::State& state) {
  stats::SingleWriterCounter counter;
  while (state.KeepRunning()) {
    counter.add(kMessageBytes);
    benchmark::ClobberMemory();
  }
  benchmark::DoNotOptimize(counter.value());
}

void single_writer_histogram(benchmark::State& state) {
  EchoHistogram histogram;
  Durations durations;
  while (state.KeepRunning()) {
    histogram.observe(durations.next());
    benchmark::ClobberMemory();
  }
}

/// All that BlockingEcho does for a message beside recv and send.
void single_writer_message(benchmark::State& state) {
  echo::Connection connection(1, net::Fd(), net::Endpoint(), Clock::now());
  echo::ConnectionCounters& counters = connection.counters;
  while (state.KeepRunning()) {
    const auto received_at = Clock::now();
    benchmark::DoNotOptimize(connection.end_reason());
    counters.received_bytes.add(kMessageBytes);
    counters.receives.add(1);
    benchmark::ClobberMemory();  // here it sends
    counters.echoed_bytes.add(kMessageBytes);
    counters.echo_duration.observe(Clock::now() - received_at);
  }
}

BENCHMARK_DEFINE_F(Shared, atomic)(benchmark::State& state) {
  while (state.KeepRunning()) {
    atomic_.fetch_add(kMessageBytes, std::memory_order_relaxed);
  }
}

BENCHMARK_DEFINE_F(Shared, prometheus_counter)(benchmark::State& state) {
  while (state.KeepRunning()) {
    received_bytes_.Increment(static_cast<double>(kMessageBytes));
  }
}

BENCHMARK_DEFINE_F(Shared, prometheus_histogram)(benchmark::State& state) {
  Durations durations;
  while (state.KeepRunning()) {
    echo_duration_.Observe(std::chrono::duration<double>(durations.next()).count());
  }
}

/// The same as single_writer_message, with metrics of prometheus-cpp that all connections share.
BENCHMARK_DEFINE_F(Shared, prometheus_message)(benchmark::State& state) {
  while (state.KeepRunning()) {
    const auto received_at = Clock::now();
    received_bytes_.Increment(static_cast<double>(kMessageBytes));
    receives_.Increment();
    benchmark::ClobberMemory();  // here it sends
    echoed_bytes_.Increment(static_cast<double>(kMessageBytes));
    echo_duration_.Observe(std::chrono::duration<double>(Clock::now() - received_at).count());
  }
}

/// The sum that a scrape asks for, over range(0) live connections.
void registry_totals(benchmark::State& state) {
  echo::ConnectionRegistry registry;
  std::vector<std::unique_ptr<echo::Connection>> connections;
  for (std::int64_t id = 1; id <= state.range(0); ++id) {
    auto connection =
        std::make_unique<echo::Connection>(static_cast<std::uint64_t>(id), net::Fd(), net::Endpoint(), Clock::now());
    connection->counters.thread_start_ns.set(20'000);  // the sum skips connections that are not served yet
    connection->counters.received_bytes.add(kMessageBytes);
    registry.add(*connection);
    connections.push_back(std::move(connection));
  }
  while (state.KeepRunning()) {
    benchmark::DoNotOptimize(registry.totals());
  }
}

BENCHMARK(two_clock_reads)->Threads(1)->Threads(2);
BENCHMARK(single_writer_counter)->Threads(1)->Threads(2);
BENCHMARK_REGISTER_F(Shared, atomic)->Threads(1)->Threads(2);
BENCHMARK_REGISTER_F(Shared, prometheus_counter)->Threads(1)->Threads(2);
BENCHMARK(single_writer_histogram)->Threads(1)->Threads(2);
BENCHMARK_REGISTER_F(Shared, prometheus_histogram)->Threads(1)->Threads(2);
BENCHMARK(single_writer_message)->Threads(1)->Threads(2);
BENCHMARK_REGISTER_F(Shared, prometheus_message)->Threads(1)->Threads(2);
BENCHMARK(registry_totals)->Arg(1)->Arg(1000)->Arg(10'000)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace threadecho::bench
