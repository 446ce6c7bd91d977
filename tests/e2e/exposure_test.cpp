// What the program shows to which clients, as SECURITY.md promises.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <cerrno>
#include <nlohmann/json.hpp>
#include <string>
#include <system_error>

#include "net/endpoint.h"
#include "net/fd.h"
#include "net/tcp.h"
#include "support/http_client.h"
#include "support/server_process.h"
#include "support/test_client.h"

namespace threadecho::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Exposure, OfHttpIsOnlyWhereItIsBound) {
  // All of 127.0.0.0/8 is this host, but only one address of it is bound.
  ServerProcess server({.arguments = {"--bind-address", "0.0.0.0", "--http-bind-address", "127.0.0.1"},
                        .environment = {},
                        .env_file = {}});
  server.wait_until_serving();
  EXPECT_EQ(TestClient(server.echo("127.0.0.2")).echo("x"), "x");
  EXPECT_EQ(http_get(server.http_port(), "/healthz").status, 200);
  const auto elsewhere = net::Endpoint::parse("127.0.0.2", server.http_port());
  ASSERT_TRUE(elsewhere);
  EXPECT_THROW(TestClient{*elsewhere}, std::system_error);
}

TEST(Exposure, OfNamingOtherClientsIsToTrustedNetworksAlone) {
  ServerProcess server({.arguments = {"--proxy-port", "0", "--proxy-trusted", "192.0.2.0/24,127.0.0.2"},
                        .environment = {},
                        .env_file = {}});
  server.wait_until_serving();
  const TestClient forger(*net::Endpoint::parse("127.0.0.1", server.proxy_port()));
  forger.send("PROXY TCP4 192.0.2.7 192.0.2.8 1 2\r\nlet me in");
  const auto rest = forger.receive_rest();
  EXPECT_EQ(rest.bytes, "");
  EXPECT_EQ(rest.error_number, 0);
  EXPECT_EQ(server.metric(R"(threadecho_proxy_headers_total{result="untrusted"})"), 1);
  EXPECT_EQ(server.metric(R"(threadecho_proxy_headers_total{result="v1"})"), 0);
  EXPECT_EQ(server.metric("threadecho_connections_accepted_total"), 0);
  EXPECT_THAT(server.output(), HasSubstr("PROXY header refused peer=" + forger.local().to_string()));
  EXPECT_THAT(server.output(), Not(HasSubstr("192.0.2.7")));
}

TEST(Exposure, OfIdentityIsOneLineThatIsOffByDefault) {
  ServerProcess usual;
  usual.wait_until_serving();
  EXPECT_THAT(usual.output(), Not(HasSubstr("identity=")));
  ServerProcess server({.arguments = {"--identity-port", "0", "--bind-address", "127.0.0.1"},
                        .environment = {{"POD_NAME", "echo-1"}, {"DATABASE_PASSWORD", "hunter2"}},
                        .env_file = {}});
  server.wait_until_serving();
  const TestClient client(*net::Endpoint::parse("127.0.0.1", server.identity_port()));
  client.send("never echoed");
  const auto rest = client.receive_rest();
  EXPECT_EQ(rest.error_number, 0);
  const auto identity = nlohmann::json::parse(rest.bytes);
  EXPECT_EQ(identity.at("pod"), "echo-1");
  EXPECT_EQ(identity.at("client_address"), client.local().to_string());
  EXPECT_THAT(rest.bytes, Not(HasSubstr("hunter2")));
  EXPECT_THAT(rest.bytes, Not(HasSubstr("never echoed")));
}

TEST(Exposure, ThroughUdpThereIsNone) {
  ServerProcess server;
  server.wait_until_serving();
  const net::Endpoint echo = server.echo();
  const net::Fd client(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  net::set_receive_timeout(client.get(), kPatience);
  ASSERT_EQ(::connect(client.get(), echo.address(), echo.length()), 0);
  ASSERT_EQ(::send(client.get(), "x", 1, 0), 1);
  char byte = 0;
  EXPECT_EQ(::recv(client.get(), &byte, 1, 0), -1);
  EXPECT_EQ(errno, ECONNREFUSED) << "nothing listens there";
}

TEST(Exposure, OfTheEnvironmentIsOfSettingsAlone) {
  ServerProcess server({.arguments = {},
                        .environment = {{"DATABASE_PASSWORD", "hunter2"}, {"IDLE_TIMEOUT", "90s"}},
                        .env_file = "TOKEN=hunter2\nDRAIN_DELAY=1s\n"});
  server.wait_until_serving();
  for (const char* path : {"/", "/config", "/version", "/connections", "/metrics"}) {
    EXPECT_THAT(server.get(path), Not(HasSubstr("hunter2"))) << path;
  }
  EXPECT_THAT(server.get("/config"), HasSubstr("1m30s"));
  EXPECT_THAT(server.output(), Not(HasSubstr("hunter2")));
}

TEST(Exposure, OfWhatIsEchoedIsNoneBelowTrace) {
  ServerProcess server({.arguments = {"--log-level", "debug"}, .environment = {}, .env_file = {}});
  server.wait_until_serving();
  const TestClient client(server.echo());
  EXPECT_EQ(client.echo("confidential"), "confidential");
  for (const char* path : {"/connections", "/metrics"}) {
    EXPECT_THAT(server.get(path), Not(HasSubstr("confidential"))) << path;
  }
  const auto connections = nlohmann::json::parse(server.get("/connections"));
  EXPECT_EQ(connections.at("total"), 1) << "peers are shown";
  EXPECT_THAT(connections.at("connections").at(0).at("peer").get<std::string>(), HasSubstr("127.0.0.1:"));
  EXPECT_THAT(server.get("/metrics"), Not(HasSubstr("127.0.0.1"))) << "but never as labels";
  client.half_close();
  EXPECT_EQ(client.receive_rest().bytes, "");
  EXPECT_TRUE(eventually([&] { return server.output().find("connection closed") != std::string::npos; }));
  EXPECT_THAT(server.output(), Not(HasSubstr("confidential")));
}

}  // namespace
}  // namespace threadecho::test
