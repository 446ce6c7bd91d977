#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <vector>

#include "echo/proxy_gate.h"
#include "support/echo_fixture.h"
#include "support/proxy_headers.h"

namespace threadecho::test {
namespace {

using echo::CloseReason;
using echo::ProxyHeaderResult;
using echo::RejectReason;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class ProxyPort : public OverAllModels {
 protected:
  static config::Settings proxy_settings() {
    config::Settings settings = test_settings();
    settings.proxy_port = 0;
    return settings;
  }
};
INSTANTIATE_TEST_SUITE_P(, ProxyPort, all_models(), name_of_model);

TestClient connect_as_balancer(EchoServer& server) { return TestClient(loopback(server.server().proxy_endpoint())); }

std::uint64_t headers(const EchoServer& server, ProxyHeaderResult result) {
  return server.totals().proxy_headers[index_of(result)];
}

/// Waits until this many headers have had this result.
bool counts(const EchoServer& server, ProxyHeaderResult result, std::uint64_t count) {
  return eventually([&] { return headers(server, result) == count; });
}

TEST_P(ProxyPort, EchoesWhatFollowsTheHeaderAndNeverTheHeader) {
  EchoServer server(proxy_settings());
  for (const std::string& header : {proxy_v1(), proxy_v2(), proxy_local(), std::string("PROXY UNKNOWN\r\n")}) {
    const TestClient client = connect_as_balancer(server);
    client.send(header + "in the same segment, ");
    EXPECT_EQ(client.receive(21), "in the same segment, ");
    EXPECT_EQ(client.echo("and later"), "and later");
    client.half_close();
    EXPECT_EQ(client.receive_rest().bytes, "");
  }
  ASSERT_TRUE(server.closes(CloseReason::kClientClosed, 4));
  EXPECT_EQ(server.totals().received_bytes, 4 * 30U);
  EXPECT_EQ(server.totals().echoed_bytes, 4 * 30U);
  for (const auto result :
       {ProxyHeaderResult::kV1, ProxyHeaderResult::kV2, ProxyHeaderResult::kLocal, ProxyHeaderResult::kUnknown}) {
    EXPECT_EQ(headers(server, result), 1U) << name_of(result);
  }
}

TEST_P(ProxyPort, EchoesAHeaderThatFollowsAHeader) {
  EchoServer server(proxy_settings());
  const TestClient client = connect_as_balancer(server);
  client.send(proxy_v1() + proxy_v2());
  EXPECT_EQ(client.receive(proxy_v2().size()), proxy_v2());
}

TEST_P(ProxyPort, TakesAHeaderByteByByte) {
  EchoServer server(proxy_settings());
  for (const std::string& header : {proxy_v1(), proxy_v2()}) {
    const TestClient client = connect_as_balancer(server);
    for (const char byte : header) {
      client.send({&byte, 1});
    }
    EXPECT_EQ(client.echo("x"), "x");
  }
}

TEST_P(ProxyPort, ShowsThePeerThatTheHeaderNamesAndTheBalancerAsVia) {
  EchoServer server(proxy_settings());
  const TestClient client = connect_as_balancer(server);
  client.send(proxy_v2(7));
  EXPECT_EQ(client.echo("x"), "x");
  const auto connections = server.server().connections();
  ASSERT_EQ(connections.size(), 1U);
  EXPECT_EQ(connections[0].peer.to_string(), "192.0.2.7:4711");
  EXPECT_EQ(connections[0].via.to_string(), client.local().to_string());
  client.half_close();
  EXPECT_EQ(client.receive_rest().error_number, 0);
  const std::string addresses = "peer=192.0.2.7:4711 via=" + client.local().to_string();
  EXPECT_TRUE(server.log().wait_for("connection opened id=1 " + addresses + " thread="));
  EXPECT_TRUE(server.log().wait_for("connection closed id=1 " + addresses + " reason=client_closed"));
}

TEST_P(ProxyPort, ShowsABalancerThatSpeaksForItselfWithoutVia) {
  EchoServer server(proxy_settings());
  const TestClient client = connect_as_balancer(server);
  client.send(proxy_local());
  EXPECT_EQ(client.echo("x"), "x");
  const auto connections = server.server().connections();
  ASSERT_EQ(connections.size(), 1U);
  EXPECT_EQ(connections[0].peer.to_string(), client.local().to_string());
  EXPECT_FALSE(connections[0].via.is_known());
  EXPECT_TRUE(server.log().wait_for("connection opened id=1 peer=" + client.local().to_string() + " thread="));
}

TEST_P(ProxyPort, LimitsConnectionsByTheAddressInTheHeader) {
  auto settings = proxy_settings();
  settings.max_connections_per_client = 1;
  EchoServer server(settings);
  const TestClient first = connect_as_balancer(server);
  first.send(proxy_v1(1));
  EXPECT_EQ(first.echo("x"), "x");
  const TestClient other = connect_as_balancer(server);
  other.send(proxy_v2(2));
  EXPECT_EQ(other.echo("x"), "x") << "the balancer's address does not count";
  const TestClient again = connect_as_balancer(server);
  again.send(proxy_v2(1) + "too many");
  expect_orderly_refusal(again);
  EXPECT_EQ(server.rejected(RejectReason::kMaxPerClient), 1U);
  EXPECT_TRUE(server.log().wait_for("connection refused peer=192.0.2.1:4711 via=" + again.local().to_string() +
                                    " reason=max_per_client"));
}

TEST_P(ProxyPort, LeavesTheDirectPortAsItIs) {
  EchoServer server(proxy_settings());
  const TestClient direct = server.connect();
  EXPECT_EQ(direct.echo(proxy_v1()), proxy_v1());
  EXPECT_EQ(server.server().connections().at(0).peer.to_string(), direct.local().to_string());
  EXPECT_EQ(headers(server, ProxyHeaderResult::kV1), 0U);
}

TEST_P(ProxyPort, RefusesWhatIsNoHeaderAtOnceAndWithoutAReset) {
  EchoServer server(proxy_settings());
  const auto began = echo::Clock::now();
  const TestClient http = connect_as_balancer(server);
  http.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  expect_orderly_refusal(http);
  const TestClient endless = connect_as_balancer(server);
  endless.send("PROXY TCP4 " + std::string(100'000, 'x'));
  expect_orderly_refusal(endless);
  const TestClient cut = connect_as_balancer(server);
  cut.send(proxy_v1().substr(0, 20));
  cut.half_close();
  expect_orderly_refusal(cut);
  EXPECT_TRUE(counts(server, ProxyHeaderResult::kMalformed, 3));
  EXPECT_LT(echo::Clock::now() - began, echo::ProxyGate::kHeaderTime + kPatience / 2);
  EXPECT_EQ(headers(server, ProxyHeaderResult::kTimeout), 0U);
  EXPECT_EQ(server.totals().accepted, 0U);
  EXPECT_TRUE(server.log().wait_for("warning PROXY header refused peer=" + http.local().to_string() +
                                    " result=malformed reason=\"it begins with neither signature\" suppressed=0"));
}

TEST_P(ProxyPort, EndsAClientThatSendsNoWholeHeaderInTimeAndServesTheOthersMeanwhile) {
  auto settings = proxy_settings();
  settings.pool_threads = 1;
  EchoServer server(settings);
  std::vector<TestClient> silent;
  const auto began = echo::Clock::now();
  for (int i = 0; i < 20; ++i) {
    silent.push_back(connect_as_balancer(server));
  }
  silent.front().send(proxy_v2().substr(0, 27));
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(server.connect().echo("x"), "x");
    const TestClient proxied = connect_as_balancer(server);
    proxied.send(proxy_v1());
    EXPECT_EQ(proxied.echo("x"), "x");
  }
  EXPECT_EQ(headers(server, ProxyHeaderResult::kTimeout), 0U) << "none of them had to wait for that";
  for (const TestClient& client : silent) {
    expect_orderly_refusal(client);
  }
  EXPECT_GE(echo::Clock::now() - began, echo::ProxyGate::kHeaderTime - std::chrono::milliseconds(1));
  EXPECT_TRUE(counts(server, ProxyHeaderResult::kTimeout, 20));
}

TEST_P(ProxyPort, CountsAClientThatOnlyConnectsAndLogsNothing) {
  EchoServer server(proxy_settings());
  connect_as_balancer(server).close();
  connect_as_balancer(server).reset();
  EXPECT_TRUE(counts(server, ProxyHeaderResult::kClosed, 2));
  EXPECT_TRUE(eventually([&] { return server.server().is_idle(); })) << "their places are free";
  EXPECT_THAT(server.log().text(), Not(HasSubstr("PROXY")));
}

TEST_P(ProxyPort, RefusesAForgedHeaderFromAnUntrustedNetworkAndCountsIt) {
  auto settings = proxy_settings();
  settings.proxy_trusted = {net::Network::parse("192.0.2.0/24").value(), net::Network::parse("::1").value()};
  EchoServer server(settings);
  const TestClient forger = connect_as_balancer(server);
  forger.send(proxy_v2() + "let me in");
  expect_orderly_refusal(forger);
  EXPECT_EQ(headers(server, ProxyHeaderResult::kUntrusted), 1U);
  EXPECT_EQ(headers(server, ProxyHeaderResult::kV2), 0U);
  EXPECT_EQ(server.totals().accepted, 0U);
  EXPECT_TRUE(server.log().wait_for("PROXY header refused peer=" + forger.local().to_string() +
                                    " result=untrusted reason=\"no network of PROXY_TRUSTED contains the peer\""));
  EXPECT_EQ(server.connect().echo("x"), "x") << "the direct port has no list of trusted networks";
}

TEST_P(ProxyPort, LetsATrustedNetworkIn) {
  auto settings = proxy_settings();
  settings.proxy_trusted = {net::Network::parse("192.0.2.0/24").value(), net::Network::parse("127.0.0.0/8").value()};
  EchoServer server(settings);
  const TestClient client = connect_as_balancer(server);
  client.send(proxy_v1());
  EXPECT_EQ(client.echo("x"), "x");
}

TEST_P(ProxyPort, CountsClientsWithoutAHeaderTowardsMaxConnections) {
  auto settings = proxy_settings();
  settings.max_connections = 2;
  EchoServer server(settings);
  const TestClient silent = connect_as_balancer(server);
  const TestClient proxied = connect_as_balancer(server);
  proxied.send(proxy_v1());
  EXPECT_EQ(proxied.echo("x"), "x");
  const TestClient third = connect_as_balancer(server);
  third.send(proxy_v1());
  expect_orderly_refusal(third);
  expect_orderly_refusal(server.connect());
  EXPECT_EQ(server.rejected(RejectReason::kMaxConnections), 2U);
  EXPECT_EQ(headers(server, ProxyHeaderResult::kV1), 1U) << "that of the third was not read";
}

TEST_P(ProxyPort, ServesAClientThatWaitedForItsHeaderWhenADrainBegan) {
  EchoServer server(proxy_settings());
  const TestClient client = connect_as_balancer(server);
  server.begin_drain_and_stop_accepting();
  EXPECT_FALSE(server.server().is_idle());
  client.send(proxy_v1());
  EXPECT_EQ(client.echo("x"), "x");
  client.half_close();
  EXPECT_EQ(client.receive_rest().error_number, 0);
  EXPECT_TRUE(server.closes(CloseReason::kDrained));
}

TEST_P(ProxyPort, EndsClientsWithoutAHeaderAtTheDrainsDeadline) {
  EchoServer server(proxy_settings());
  const TestClient client = connect_as_balancer(server);
  client.send("PROXY ");
  server.begin_drain_and_stop_accepting();
  server.stop();
  expect_orderly_refusal(client);
  EXPECT_EQ(headers(server, ProxyHeaderResult::kTimeout), 1U);
}

}  // namespace
}  // namespace threadecho::test
