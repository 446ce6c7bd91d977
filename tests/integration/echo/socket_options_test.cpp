#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <chrono>
#include <vector>

#include "support/echo_fixture.h"
#include "support/server_side.h"

namespace threadecho::test {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

class SocketOptions : public OverAllModels {};
INSTANTIATE_TEST_SUITE_P(, SocketOptions, all_models(), name_of_model);

/// What the server's socket has for a client with these settings.
struct DeadPeer {
  milliseconds write_timeout;
  milliseconds tcp_keepalive;
  int user_timeout;  ///< milliseconds
  int idle;          ///< seconds; 0: no keepalive
};

TEST_P(SocketOptions, GiveADeadPeerTheTimeThatItsSettingsNeed) {
  for (const DeadPeer& each : std::vector<DeadPeer>{{30s, 60s, 120'000, 60},
                                                    {2s, 1s, 61'000, 1},
                                                    {56s, 1s, 61'000, 1},
                                                    {57s, 1s, 62'000, 1},
                                                    {100ms, 0s, 60'000, 0},
                                                    {300s, 0s, 305'000, 0},
                                                    {24h * 24, 9h, 2'073'605'000, 32'400},
                                                    {0s, 60s, 0, 60}}) {
    SCOPED_TRACE(testing::Message() << each.write_timeout.count() << " ms, " << each.tcp_keepalive.count() << " ms");
    auto settings = test_settings();
    settings.write_timeout = each.write_timeout;
    settings.tcp_keepalive = each.tcp_keepalive;
    const EchoServer server(settings);
    const TestClient client = server.connect();
    ASSERT_EQ(client.echo("x"), "x");
    const int fd = descriptor_with_peer(client.local());
    EXPECT_EQ(int_option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT), each.user_timeout);
    EXPECT_EQ(int_option(fd, SOL_SOCKET, SO_KEEPALIVE), each.idle > 0 ? 1 : 0);
    if (each.idle > 0) {
      EXPECT_EQ(int_option(fd, IPPROTO_TCP, TCP_KEEPIDLE), each.idle);
      EXPECT_EQ(int_option(fd, IPPROTO_TCP, TCP_KEEPINTVL), 10);
      EXPECT_EQ(int_option(fd, IPPROTO_TCP, TCP_KEEPCNT), 6);
    }
  }
}

TEST_P(SocketOptions, SendEachMessageAtOnce) {
  const EchoServer server(test_settings());
  const TestClient client = server.connect();
  ASSERT_EQ(client.echo("x"), "x");
  EXPECT_EQ(int_option(descriptor_with_peer(client.local()), IPPROTO_TCP, TCP_NODELAY), 1);
}

}  // namespace
}  // namespace threadecho::test
