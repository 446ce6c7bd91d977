#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pty.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <ctime>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "log/line.h"
#include "support/log_pipe.h"

namespace threadecho::log {
namespace {

using test::lines_of;
using test::Log;
using test::Pipe;
using test::read_available;
using testing::AllOf;
using testing::EndsWith;
using testing::MatchesRegex;
using testing::StartsWith;

class LogSink : public testing::Test {
 protected:
  LogSink() { std::signal(SIGPIPE, SIG_IGN); }  // as main does
  Pipe pipe_;
};

TEST_F(LogSink, WritesTextLines) {
  Log log(pipe_.writer.get());
  log.logger.info("listening", {{"port", 9000}});
  log.logger.warn("slow", {});
  const auto lines = lines_of(read_available(pipe_.reader.get()));
  ASSERT_EQ(lines.size(), 2U);
  const std::string time = "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z";
  EXPECT_THAT(lines[0], MatchesRegex(time + " info  listening port=9000"));
  EXPECT_THAT(lines[1], MatchesRegex(time + " warning slow"));
}

TEST_F(LogSink, WritesJsonLines) {
  Log log(pipe_.writer.get(), log::LogFormat::kJson);
  log.logger.error("failed", {{"peer", "a\xff\n"}, {"bytes", 3U}});
  const auto lines = lines_of(read_available(pipe_.reader.get()));
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_THAT(lines[0], MatchesRegex("\\{\"time\":\"[-0-9]{10}T[:0-9]{8}\\.[0-9]{3}Z\",\"level\":\"error\","
                                     "\"message\":\"failed\",\"peer\":\"a\xEF\xBF\xBD\\\\n\",\"bytes\":3\\}"));
  EXPECT_TRUE(nlohmann::json::accept(lines[0]));
}

TEST_F(LogSink, TellsTheTimeInUtc) {
  ::setenv("TZ", "Asia/Kolkata", 1);  // NOLINT(concurrency-mt-unsafe): this thread is the only one
  ::tzset();
  // The clock that is logged: std::time() is coarser, and may still tell the second before.
  const auto seconds = [] { return std::chrono::system_clock::to_time_t(std::chrono::system_clock::now()); };
  const std::time_t before = seconds();
  Log log(pipe_.writer.get());
  log.logger.info("now");
  const std::time_t after = seconds();
  ::unsetenv("TZ");  // NOLINT(concurrency-mt-unsafe)
  ::tzset();
  std::tm told{};
  ::strptime(read_available(pipe_.reader.get()).c_str(), "%Y-%m-%dT%H:%M:%S", &told);
  EXPECT_GE(::timegm(&told), before);
  EXPECT_LE(::timegm(&told), after);
}

TEST_F(LogSink, WritesOnlyWhatTheLevelLetsThrough) {
  Log log(pipe_.writer.get(), log::LogFormat::kText, log::LogLevel::kWarning);
  log.logger.info("no");
  log.logger.warn("one");
  log.logger.error("two");
  EXPECT_FALSE(log.logger.enabled(spdlog::level::info));
  EXPECT_EQ(lines_of(read_available(pipe_.reader.get())).size(), 2U);
  Log off(pipe_.writer.get(), log::LogFormat::kText, log::LogLevel::kOff);
  off.logger.error("no");
  EXPECT_EQ(read_available(pipe_.reader.get()), "");
  EXPECT_EQ(off.sink->dropped(), 0U);
}

TEST_F(LogSink, CutsALongLineToFourKibibytes) {
  for (const auto format : {log::LogFormat::kText, log::LogFormat::kJson}) {
    Log log(pipe_.writer.get(), format);
    log.logger.write(spdlog::level::critical, "long", {{"value", std::string(100'000, 'a')}, {"last", 1}});
    const std::string line = read_available(pipe_.reader.get());
    EXPECT_LE(line.size(), kMaxLineBytes);
    EXPECT_THAT(line, EndsWith("\n"));
    EXPECT_EQ(lines_of(line).size(), 1U);
    EXPECT_EQ(nlohmann::json::accept(line), format == log::LogFormat::kJson);
    EXPECT_EQ(log.sink->dropped(), 0U);
  }
}

TEST_F(LogSink, NeverWaitsForAPipeThatNobodyReads) {
  Log log(pipe_.writer.get());
  constexpr std::uint64_t kLines = 5000;
  for (std::uint64_t i = 0; i < kLines; ++i) {
    log.logger.info("line", {{"text", std::string(i % 2000, 'x')}});
  }
  const std::uint64_t dropped = log.sink->dropped();
  EXPECT_GT(dropped, 0U);
  const auto lines = lines_of(read_available(pipe_.reader.get()));
  EXPECT_EQ(lines.size() + dropped, kLines);
  for (const std::string& line : lines) {
    ASSERT_THAT(line.substr(0, 4), StartsWith("20")) << "a line was torn";
  }
  log.logger.info("again");
  EXPECT_THAT(read_available(pipe_.reader.get()), AllOf(StartsWith("20"), EndsWith(" info  again\n")))
      << "no line was torn, so none is ended first";
  EXPECT_EQ(log.sink->dropped(), dropped);
}

TEST_F(LogSink, KeepsLinesOfManyThreadsWholeAndCountsExactly) {
  Log log(pipe_.writer.get(), log::LogFormat::kJson);
  constexpr int kThreads = 4;
  constexpr int kLines = 1000;
  std::vector<std::thread> threads;
  threads.reserve(kThreads);
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&log, t] {
      for (int i = 0; i < kLines; ++i) {
        log.logger.info("line", {{"thread", t}, {"text", std::string(500, 'x')}});
      }
    });
  }
  std::thread reporter([&log] {
    while (log.sink->dropped() == 0) {
      std::this_thread::yield();
    }
  });
  for (std::thread& thread : threads) {
    thread.join();
  }
  reporter.join();
  const auto lines = lines_of(read_available(pipe_.reader.get()));
  EXPECT_EQ(lines.size() + log.sink->dropped(), std::size_t{kThreads} * kLines);
  for (const std::string& line : lines) {
    ASSERT_TRUE(nlohmann::json::accept(line)) << line;
  }
}

TEST_F(LogSink, CountsLinesForAReaderThatIsGone) {
  Log log(pipe_.writer.get());
  pipe_.reader.reset();
  log.logger.info("one");
  EXPECT_EQ(log.sink->dropped(), 1U);
}

TEST_F(LogSink, CountsLinesForADescriptorThatIsNotOpen) {
  Log log(-1);
  log.logger.info("one");
  EXPECT_EQ(log.sink->dropped(), 1U);
}

TEST_F(LogSink, WritesToItsOwnDescriptorWhenTheGivenOneIsClosed) {
  Log log(pipe_.writer.get());
  pipe_.writer.reset();
  log.logger.info("one");
  EXPECT_THAT(read_available(pipe_.reader.get()), EndsWith(" info  one\n"));
}

TEST_F(LogSink, CountsLinesForAFullDisk) {
  const net::Fd full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  ASSERT_TRUE(full);
  Log log(full.get());
  log.logger.info("one");
  log.logger.info("two");
  EXPECT_EQ(log.sink->dropped(), 2U);
}

TEST_F(LogSink, WritesToAFileAndCountsWhatIsBeyondItsEnd) {
  const net::Fd file(::memfd_create("log", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  ASSERT_TRUE(file);
  Log log(file.get());
  log.logger.info("one");
  log.logger.info("two");
  ASSERT_EQ(::fcntl(file.get(), F_ADD_SEALS, F_SEAL_GROW), 0);
  log.logger.info("three");
  EXPECT_EQ(log.sink->dropped(), 1U);
  ASSERT_EQ(::lseek(file.get(), 0, SEEK_SET), 0);
  const auto lines = lines_of(read_available(file.get()));
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_THAT(lines[0], EndsWith(" info  one"));
  EXPECT_THAT(lines[1], EndsWith(" info  two"));
}

TEST_F(LogSink, WritesToASocketAsUnderJournald) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
  const net::Fd reader(ends[0]);
  const net::Fd writer(ends[1]);
  Log log(writer.get());
  while (log.sink->dropped() == 0) {
    log.logger.info("line", {{"text", std::string(3000, 'x')}});
  }
  EXPECT_THAT(read_available(reader.get()), EndsWith("x\n"));
}

TEST_F(LogSink, NeverWaitsForAStalledTerminalAndEndsTheLineItTore) {
  int master = -1;
  int slave = -1;
  if (::openpty(&master, &slave, nullptr, nullptr, nullptr) != 0) {
    GTEST_SKIP() << "no pseudo-terminals here";
  }
  const net::Fd reader(master);
  const net::Fd terminal(slave);
  Log log(terminal.get());
  while (log.sink->dropped() == 0) {
    log.logger.info("line", {{"text", std::string(3000, 'x')}});
  }
  const std::string before = read_available(reader.get());
  log.logger.info("again");
  const auto after = lines_of(read_available(reader.get()));
  ASSERT_FALSE(after.empty());
  EXPECT_THAT(after.back(), MatchesRegex("20.*Z info  again\r"));
  // Half a line was written: the next one starts on a line of its own.
  EXPECT_EQ(after.size(), before.back() == '\n' ? 1U : 2U);
}

}  // namespace
}  // namespace threadecho::log
