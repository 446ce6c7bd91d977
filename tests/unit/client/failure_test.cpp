#include "client/failure.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <utility>
#include <vector>

#include "client/connect_failure.h"

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
                                                {EADDRNOTAVAIL, FailureKind::kNoLocalPort},
                                                {EAFNOSUPPORT, FailureKind::kNoAddressFamily},
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
    EXPECT_EQ(std::ranges::count(client::kFailureKinds, words.name, &client::FailureWords::name), 1) << words.name;
  }
}

TEST(Failure, ForAReasonOfThisHostHasTheStatusOfNoServer) {
  for (const FailureKind kind : {FailureKind::kNoAddressFamily, FailureKind::kNoLocalPort, FailureKind::kLocalLimit}) {
    EXPECT_EQ(client::words_of(kind).exit_status, 1) << client::words_of(kind).name;
  }
}

FailureKind kind_to(const char* address, int error_number) {
  return client::failure_of({.endpoint = net::Endpoint::parse(address, 7).value(),
                             .duration = {},
                             .error = client::errno_code(error_number)})
      .kind;
}

TEST(Failure, OfAnAddressThatCannotBeAssignedIsALackOfPortsWhereThereIsARoute) {
  EXPECT_EQ(kind_to("127.0.0.1", EADDRNOTAVAIL), FailureKind::kNoLocalPort);
  EXPECT_EQ(kind_to("fe80::1%lo", EADDRNOTAVAIL), FailureKind::kNoAddressFamily);
  EXPECT_EQ(kind_to("127.0.0.1", ENETUNREACH), FailureKind::kUnreachable) << "loopback has an address of that family";
}

}  // namespace
}  // namespace threadecho::test
