#include "load/load_failure.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <utility>
#include <vector>

#include "client/socket_error.h"

namespace threadecho::test {
namespace {

using load::LoadError;

TEST(LoadConnectFailure, HasAKindForEachErrorOfConnect) {
  for (const auto& [number, error] : std::vector<std::pair<int, LoadError>>{{ECONNREFUSED, LoadError::kRefused},
                                                                            {ETIMEDOUT, LoadError::kConnectTimeout},
                                                                            {ECONNRESET, LoadError::kReset},
                                                                            {EHOSTUNREACH, LoadError::kUnreachable},
                                                                            {ENETUNREACH, LoadError::kUnreachable},
                                                                            {EPERM, LoadError::kUnreachable},
                                                                            {EADDRNOTAVAIL, LoadError::kLocalLimit},
                                                                            {EMFILE, LoadError::kLocalLimit},
                                                                            {ENOBUFS, LoadError::kLocalLimit},
                                                                            {EINVAL, LoadError::kOther}}) {
    EXPECT_EQ(load::connect_failure(client::errno_code(number)).error, error) << number;
  }
}

TEST(LoadConnectionFailure, HasAKindForEachErrorOfAnOpenConnection) {
  for (const auto& [number, error] : std::vector<std::pair<int, LoadError>>{{EPIPE, LoadError::kClosedEarly},
                                                                            {ECONNRESET, LoadError::kReset},
                                                                            {ETIMEDOUT, LoadError::kNoEcho},
                                                                            {EHOSTUNREACH, LoadError::kUnreachable},
                                                                            {ENETUNREACH, LoadError::kUnreachable},
                                                                            {EINVAL, LoadError::kOther}}) {
    EXPECT_EQ(load::connection_failure(client::errno_code(number)).error, error) << number;
  }
}

}  // namespace
}  // namespace threadecho::test
