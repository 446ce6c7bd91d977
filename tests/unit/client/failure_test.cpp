#include "client/failure.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <utility>
#include <vector>

namespace threadecho::test {
namespace {

using client::FailureKind;
using client::Stage;

FailureKind kind(int error_number, Stage stage) { return client::kind_of(client::errno_code(error_number), stage); }

TEST(Failure, HasAKindForEachErrorOfConnect) {
  for (const auto& [number, expected] :
       std::vector<std::pair<int, FailureKind>>{{ECONNREFUSED, FailureKind::kRefused},
                                                {ETIMEDOUT, FailureKind::kConnectTimeout},
                                                {ECONNRESET, FailureKind::kReset},
                                                {EHOSTUNREACH, FailureKind::kUnreachable},
                                                {ENETUNREACH, FailureKind::kUnreachable},
                                                {EPERM, FailureKind::kUnreachable},
                                                {EADDRNOTAVAIL, FailureKind::kNoLocalAddress},
                                                {EMFILE, FailureKind::kLocalLimit},
                                                {ENOBUFS, FailureKind::kLocalLimit},
                                                {EINVAL, FailureKind::kOther}}) {
    EXPECT_EQ(kind(number, Stage::kConnecting), expected) << number;
  }
}

TEST(Failure, HasAKindForEachErrorOfAnOpenConnection) {
  for (const auto& [number, expected] :
       std::vector<std::pair<int, FailureKind>>{{EPIPE, FailureKind::kClosedEarly},
                                                {ECONNRESET, FailureKind::kReset},
                                                {ETIMEDOUT, FailureKind::kEchoTimeout},
                                                {EHOSTUNREACH, FailureKind::kUnreachable},
                                                {ENETUNREACH, FailureKind::kUnreachable},
                                                {EINVAL, FailureKind::kOther}}) {
    EXPECT_EQ(kind(number, Stage::kConnected), expected) << number;
  }
}

TEST(Failure, HasItsWordsInTheOrderOfTheKinds) {
  for (const client::FailureWords& words : client::kFailureKinds) {
    EXPECT_EQ(client::words_of(words.kind).name, words.name);
    EXPECT_EQ(client::words_of(words.kind).kind, words.kind);
  }
}

// A program without a free port or address has the status of an unreachable server, and a load the name of a limit.
TEST(Failure, OfALocalAddressIsCalledAsEachCommandAlwaysDid) {
  const client::FailureWords& words = client::words_of(FailureKind::kNoLocalAddress);
  EXPECT_EQ(words.exit_status, 17);
  EXPECT_EQ(words.name, "unreachable");
  EXPECT_EQ(words.load_name, "local_limit");
}

}  // namespace
}  // namespace threadecho::test
