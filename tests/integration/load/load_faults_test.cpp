// A server breaks the echo in every way that the load knows. The load must report the right kind of error for each.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <set>
#include <string>

#include "load/load_run.h"
#include "load/text_report.h"
#include "net/tcp.h"
#include "support/faulty_server.h"
#include "support/test_client.h"

namespace threadecho::test {
namespace {

using client::FailureKind;
using load::LoadMode;
using load::LoadOptions;
using load::LoadResult;
using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::size_t kSize = 64;

/// Long enough for any error to show; a run that has lost all connections ends by itself.
LoadOptions closed_loop(std::uint32_t connections = 1) {
  LoadOptions options;
  options.target = {.host = "test", .port = 1};
  options.connections = connections;
  options.size = kSize;
  options.duration = std::chrono::seconds(20);
  options.warmup = milliseconds(0);
  options.timeout = milliseconds(400);
  return options;
}

LoadResult load(const FaultyServer::Serve& serve, const LoadOptions& how = closed_loop()) {
  const FaultyServer server(serve);
  return load::run_load_test(how, server.endpoint());
}

/// Echoes ten messages correctly, then handles the next bytes in another way.
FaultyServer::Serve after_ten(const std::function<void(int, std::string)>& fault) {
  return [fault](int fd, int /*number*/) {
    for (int i = 0; i < 10; ++i) {
      write_all(fd, read_exactly(fd, kSize));
    }
    fault(fd, read_exactly(fd, kSize));
    echo_until_closed(fd);
  };
}

void expect_only(const LoadResult& result, FailureKind error, const std::string& detail) {
  std::set<FailureKind> errors;
  for (const auto& incident : result.incidents.kept()) {
    errors.insert(incident.failure.kind);
  }
  EXPECT_THAT(errors, ElementsAre(error)) << load::text_report(result);
  ASSERT_FALSE(result.incidents.kept().empty());
  EXPECT_THAT(result.incidents.kept().front().failure.text, HasSubstr(detail));
  EXPECT_FALSE(result.is_clean());
}

TEST(LoadFaults, ADroppedByte) {
  const auto result = load(after_ten([](int fd, std::string bytes) { write_all(fd, bytes.erase(20, 1)); }));
  expect_only(result, FailureKind::kMissing, "1 byte missing at offset 660");
  EXPECT_EQ(result.messages, 10U);
}

TEST(LoadFaults, ADroppedMessageWithOthersBehindIt) {
  LoadOptions how = closed_loop();
  how.pipeline = 4;
  expect_only(load(after_ten([](int, const std::string&) {}), how), FailureKind::kMissing,
              "64 bytes missing at offset 640");
}

TEST(LoadFaults, ADoubledMessage) {
  const auto result = load(after_ten([](int fd, const std::string& bytes) { write_all(fd, bytes + bytes); }));
  expect_only(result, FailureKind::kRepeated, "repeated at offset 704: those of 64 bytes before");
}

TEST(LoadFaults, AChangedByte) {
  const auto result = load(after_ten([](int fd, std::string bytes) {
    bytes[7] = static_cast<char>(bytes[7] ^ 1);
    write_all(fd, bytes);
  }));
  expect_only(result, FailureKind::kWrongBytes, "wrong byte at offset 647: expected 0x");
}

TEST(LoadFaults, AnotherOrder) {
  const auto result = load(after_ten(
      [](int fd, const std::string& bytes) { write_all(fd, bytes.substr(kSize / 2) + bytes.substr(0, kSize / 2)); }));
  expect_only(result, FailureKind::kReordered, "at offset 640");
}

TEST(LoadFaults, AStopHalfWay) {
  const auto closes = [](int fd, int /*number*/) { write_all(fd, read_exactly(fd, kSize).substr(0, kSize / 2)); };
  expect_only(load(closes), FailureKind::kClosedEarly, "after 32 of 64 bytes of a message");
  const auto falls_silent = after_ten([](int fd, const std::string& bytes) { write_all(fd, bytes.substr(0, 32)); });
  expect_only(load(falls_silent), FailureKind::kEchoTimeout, "after 32 of 64 bytes of a message");
}

TEST(LoadFaults, AServerThatNeverReads) {
  LoadOptions how = closed_loop();
  how.mode = LoadMode::kBulk;
  how.size = 65536;
  std::atomic<bool> over{false};
  const FaultyServer server([&](int /*fd*/, int /*number*/) { over.wait(false); });
  const LoadResult result = load::run_load_test(how, server.endpoint());
  over = true;
  over.notify_all();
  expect_only(result, FailureKind::kNotReading, "bytes wait to be sent");
}

TEST(LoadFaults, AServerThatStaysSilent) {
  const auto silent = [](int fd, int /*number*/) { read_to_end(fd); };
  expect_only(load(silent), FailureKind::kEchoTimeout, "nothing came back for 400 ms");
}

TEST(LoadFaults, AReset) {
  const auto result = load(after_ten([](int fd, const std::string&) {
    // A reset is what disconnecting a socket with a linger of 0 sends; closing is left to the owner.
    net::reset_on_close(fd);
    const sockaddr unspecified{.sa_family = AF_UNSPEC, .sa_data = {}};
    static_cast<void>(::connect(fd, &unspecified, sizeof unspecified));
  }));
  expect_only(result, FailureKind::kReset, "reset by the server");
}

TEST(LoadFaults, AServerThatClosesWithoutAWord) {
  expect_only(load([](int, int) {}), FailureKind::kClosedEarly, "closed by the server");
}

TEST(LoadFaults, ARefusedConnection) {
  net::Endpoint endpoint;
  {
    endpoint = FaultyServer([](int, int) {}).endpoint();
  }
  expect_only(load::run_load_test(closed_loop(3), endpoint), FailureKind::kRefused, "refused the connection");
}

TEST(LoadFaults, TwoConnectionsWithEachOthersBytes) {
  std::mutex mutex;
  std::condition_variable both;
  std::array<std::string, 2> messages;
  const FaultyServer server([&](int fd, int number) {
    const std::string message = read_exactly(fd, kSize);
    const auto mine = static_cast<std::size_t>(number);
    std::unique_lock lock(mutex);
    messages.at(mine) = message;
    both.notify_all();
    both.wait(lock, [&] { return !messages[0].empty() && !messages[1].empty(); });
    const std::string others = messages.at(1 - mine);
    lock.unlock();
    write_all(fd, others);
    echo_until_closed(fd);
  });
  const LoadResult result = load::run_load_test(closed_loop(2), server.endpoint());
  expect_only(result, FailureKind::kForeign, "bytes of connection ");
  ASSERT_EQ(result.incidents.total(), 2U);
  for (const auto& incident : result.incidents.kept()) {
    EXPECT_EQ(incident.failure.text,
              "bytes of connection " + std::to_string(1 - incident.connection) + " (its offset 0) at offset 0");
  }
}

TEST(LoadFaults, ADroppedByteInAStream) {
  LoadOptions how = closed_loop();
  how.mode = LoadMode::kBulk;
  how.size = 65536;
  const auto result = load(
      [](int fd, int /*number*/) {
        std::string bytes = read_exactly(fd, 500'000);
        write_all(fd, bytes.erase(300'000, 1));
        echo_until_closed(fd);
      },
      how);
  expect_only(result, FailureKind::kMissing, "1 byte missing at offset 300000");
}

TEST(LoadFaults, OneBadConnectionLeavesTheOthersAlone) {
  LoadOptions how = closed_loop(4);
  how.duration = milliseconds(300);
  const auto result = load(
      [](int fd, int number) {
        if (number != 2) {
          echo_until_closed(fd);
        }
      },
      how);
  expect_only(result, FailureKind::kClosedEarly, "closed by the server");
  EXPECT_EQ(result.incidents.total(), 1U);
  EXPECT_GT(result.messages, 10U);
  EXPECT_FALSE(result.stopped_early);
}

}  // namespace
}  // namespace threadecho::test
