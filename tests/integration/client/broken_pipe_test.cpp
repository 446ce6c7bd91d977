// A server that closes and then resets while a client sends: send(2) then fails with EPIPE, and raises SIGPIPE unless
// it is told not to. A client whose own sending side is shut down gets both from the same call, every time.

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <chrono>
#include <csignal>
#include <utility>
#include <vector>

#include "client/connector.h"
#include "client/echo_exchange.h"
#include "load/load_connection.h"
#include "support/scripted_server.h"

namespace threadecho::test {
namespace {

using namespace std::chrono_literals;

class BrokenPipe : public ::testing::Test {
 protected:
  BrokenPipe() {
    static_cast<void>(std::signal(SIGPIPE, SIG_DFL));  // another test of this process may have ignored it
    connected_ = client::connect_to_any({server_.endpoint()}, 30s, nullptr);
    ::shutdown(connected_.fd.get(), SHUT_WR);
  }

  ScriptedServer server_{&read_to_end};
  client::Connected connected_;
};

TEST_F(BrokenPipe, OfAProbeIsTheServersEarlyCloseAndNoSignal) {
  const auto result = client::echo_once(connected_.fd.get(), client::Payload(0), 1, 64, client::AfterSending::kStayOpen,
                                        std::chrono::steady_clock::now() + 30s, nullptr);
  ASSERT_TRUE(result.failure);
  EXPECT_EQ(result.failure->kind, client::FailureKind::kClosedEarly) << result.failure->text;
}

TEST_F(BrokenPipe, OfALoadIsTheServersEarlyCloseAndNoSignal) {
  const load::LoadOptions options;
  load::LoadContext context{.options = options,
                            .schedule = {},
                            .send_buffer = std::vector<std::byte>(64),
                            .receive_buffer = {},
                            .recorder = {}};
  load::LoadConnection connection(options, 0);
  connection.adopt(context, std::move(connected_), 1);
  connection.allow_message(options, 1);
  const auto failure = connection.send(context, 1);
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->kind, client::FailureKind::kClosedEarly) << failure->text;
}

}  // namespace
}  // namespace threadecho::test
