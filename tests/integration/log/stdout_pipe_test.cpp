#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "log/stdout_sink.h"
#include "support/log_pipe.h"

namespace threadecho::log {
namespace {

using test::lines_of;
using test::Log;
using test::Pipe;
using test::read_available;
using testing::EndsWith;
using testing::StartsWith;

constexpr int kMebibyte = 1024 * 1024;
constexpr int kNotTried = 77;

int size_of(const Pipe& pipe) { return ::fcntl(pipe.writer.get(), F_GETPIPE_SZ); }

bool can_resize(const Pipe& pipe, int bytes) { return ::fcntl(pipe.writer.get(), F_SETPIPE_SZ, bytes) >= 0; }

/// How large a log makes its pipe for a user whose pipes may only grow by 768 KiB, the new one included (with the usual
/// fs.pipe-user-pages-soft and fs.pipe-max-size); 0 if this host does not allow the test. Call it in a process of its
/// own.
int size_for_a_user_near_the_limit() {
  constexpr std::size_t kMostPipes = 300;
  // A user of this process alone: the kernel counts the pages of all pipes of a user together.
  if (::setuid(1'000'000U + static_cast<uid_t>(::getpid())) != 0) {
    return 0;
  }
  std::vector<Pipe> pipes(1);
  while (can_resize(pipes.back(), kMebibyte)) {
    if (pipes.size() == kMostPipes) {
      return 0;
    }
    pipes.emplace_back();
  }
  pipes.pop_back();
  if (pipes.empty() || !can_resize(pipes.back(), kMebibyte / 4)) {
    return 0;
  }
  const Pipe pipe;
  const Log log(pipe.writer.get());
  return size_of(pipe);
}

class LogPipe : public testing::Test {
 protected:
  LogPipe() { std::signal(SIGPIPE, SIG_IGN); }  // as main does
  Pipe pipe_;
};

TEST_F(LogPipe, KeepsAMebibyteForAReaderThatPauses) {
  if (!can_resize(Pipe(), kMebibyte)) {
    GTEST_SKIP() << "no pipe may be made so large here";
  }
  Log log(pipe_.writer.get());
  constexpr std::uint64_t kLines = 5000;  // of some 160 bytes
  for (std::uint64_t i = 0; i < kLines; ++i) {
    log.logger.info("line", {{"text", std::string(120, 'x')}});
  }
  EXPECT_EQ(log.sink->dropped(), 0U);
  EXPECT_EQ(lines_of(read_available(pipe_.reader.get())).size(), kLines);
}

TEST_F(LogPipe, IsAsLargeAsTheKernelAllows) {
  if (::geteuid() != 0) {
    GTEST_SKIP() << "only root can become another user";
  }
  bool tried = true;
  const auto has_passed = [&tried](int status) {
    tried = !testing::ExitedWithCode(kNotTried)(status);
    return !tried || testing::ExitedWithCode(0)(status);
  };
  EXPECT_EXIT(
      {
        const int bytes = size_for_a_user_near_the_limit();
        if (bytes == 0) {
          std::_Exit(kNotTried);
        }
        std::_Exit(bytes == kMebibyte / 2 ? 0 : 1);
      },
      has_passed, "");
  if (!tried) {
    GTEST_SKIP() << "no user of its own, or no limit within 300 pipes of 1 MiB (fs.pipe-user-pages-soft)";
  }
}

TEST_F(LogPipe, IsNeverMadeSmaller) {
  can_resize(pipe_, kMebibyte / 4);  // or stays as it is
  const int bytes = size_of(pipe_);
  const StdoutSink sink(pipe_.writer.get(), bytes / 4);
  EXPECT_EQ(size_of(pipe_), bytes);
}

TEST_F(LogPipe, KnowsItsSizeAfterTheReaderResizesIt) {
  Log log(pipe_.writer.get());
  ASSERT_GE(::fcntl(pipe_.reader.get(), F_SETPIPE_SZ, size_of(pipe_) / 4), 0);
  while (!log.sink->is_half_full() && log.sink->dropped() == 0) {
    log.logger.info("line", {{"text", std::string(1000, 'x')}});
  }
  EXPECT_EQ(log.sink->dropped(), 0U) << "half full before it is full";
}

TEST_F(LogPipe, DropsMinorLinesWhileHalfFull) {
  Log log(pipe_.writer.get());
  const auto minor = [&log] { log.logger.write_unless_half_full(spdlog::level::info, "minor", {}); };
  minor();
  EXPECT_EQ(log.sink->dropped(), 0U);
  std::uint64_t important = 0;
  for (; !log.sink->is_half_full() && log.sink->dropped() == 0; ++important) {
    log.logger.info("important", {{"text", std::string(1000, 'x')}});
  }
  EXPECT_EQ(log.sink->dropped(), 0U);
  minor();
  EXPECT_EQ(log.sink->dropped(), 1U);
  Log quiet(pipe_.writer.get(), log::LogFormat::kText, log::LogLevel::kWarning);
  quiet.logger.write_unless_half_full(spdlog::level::info, "minor", {});
  EXPECT_EQ(quiet.sink->dropped(), 0U) << "no line of this level is written";
  log.logger.info("important");
  EXPECT_EQ(log.sink->dropped(), 1U);
  const auto lines = lines_of(read_available(pipe_.reader.get()));
  ASSERT_EQ(lines.size(), 1 + important + 1);
  EXPECT_THAT(lines.back(), EndsWith(" info  important"));
  minor();
  EXPECT_THAT(read_available(pipe_.reader.get()), EndsWith(" info  minor\n"));
  EXPECT_EQ(log.sink->dropped(), 1U);
}

TEST_F(LogPipe, NeverDropsMinorLinesOfAFile) {
  const net::Fd file(::memfd_create("log", MFD_CLOEXEC));
  ASSERT_TRUE(file);
  Log log(file.get());
  log.logger.info("line", {{"text", std::string(1000, 'x')}});
  ASSERT_EQ(::lseek(file.get(), 0, SEEK_SET), 0);  // now FIONREAD has something to tell of the file
  log.logger.write_unless_half_full(spdlog::level::info, "minor", {});
  EXPECT_EQ(log.sink->dropped(), 0U);
  EXPECT_THAT(read_available(file.get()), StartsWith("ext=xxx"))
      << "the line is written over the beginning of the first";
}

}  // namespace
}  // namespace threadecho::log
