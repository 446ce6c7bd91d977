#include "echo/reasons.h"

#include <gtest/gtest.h>

#include <cerrno>

namespace threadecho::test {
namespace {

using echo::AcceptError;
using echo::CloseReason;

TEST(CloseReasons, TellAResetFromAPeerThatCannotBeReachedAndFromAnError) {
  for (const int reset : {ECONNRESET, EPIPE}) {
    EXPECT_EQ(echo::close_reason_of(reset), CloseReason::kClientReset) << reset;
  }
  for (const int unreachable : {ETIMEDOUT, EHOSTUNREACH, ENETUNREACH}) {
    EXPECT_EQ(echo::close_reason_of(unreachable), CloseReason::kPeerTimeout) << unreachable;
  }
  for (const int error : {ENOMEM, ENOBUFS, EBADF, EINVAL}) {
    EXPECT_EQ(echo::close_reason_of(error), CloseReason::kError) << error;
  }
}

TEST(CloseReasons, HaveTheNamesOfTheirMetric) {
  EXPECT_EQ(name_of(CloseReason::kPeerTimeout), "peer_timeout");
  EXPECT_EQ(name_of(CloseReason::kDrainForced), "drain_forced");
  EXPECT_EQ(name_of(CloseReason::kError), "error");
}

TEST(AcceptErrors, HaveTheNameOfTheirErrno) {
  const auto name = [](int error_number) {
    return echo::kAcceptErrorNames[index_of(echo::accept_error_of(error_number))];
  };
  EXPECT_EQ(name(EMFILE), "EMFILE");
  EXPECT_EQ(name(ENFILE), "ENFILE");
  EXPECT_EQ(name(ENOBUFS), "ENOBUFS");
  EXPECT_EQ(name(ENOMEM), "ENOMEM");
  EXPECT_EQ(name(ECONNABORTED), "ECONNABORTED");
  EXPECT_EQ(name(EPROTO), "EPROTO");
  EXPECT_EQ(name(EPERM), "EPERM");
  EXPECT_EQ(name(ETIMEDOUT), "other");
}

}  // namespace
}  // namespace threadecho::test
