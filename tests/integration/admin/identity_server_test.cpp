#include "admin/identity_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "build_info.h"
#include "net/listen.h"
#include "support/captured_log.h"
#include "support/test_client.h"
#include "support/watchdog.h"

namespace threadecho::test {
namespace {

using admin::IdentityServer;
using nlohmann::json;

class IdentityPort : public ::testing::Test {
 protected:
  IdentityPort() { server_.start(); }

  static net::Fd listen() {
    return net::listen_on({.address = "127.0.0.1", .port = 0, .setting = "IDENTITY_PORT", .before_listen = {}});
  }
  [[nodiscard]] TestClient connect() const { return TestClient(server_.endpoint()); }
  [[nodiscard]] std::string line() const { return connect().receive_rest().bytes; }

  CapturedLog log_;
  IdentityServer server_{listen(), {.pod = {"echo-1", "prod", "node-a"}, .host_name = "box"}, log_.logger()};
};

TEST_F(IdentityPort, TellsWhoAnswersAndWhomItSeesThenEnds) {
  const TestClient client = connect();
  const auto rest = client.receive_rest();
  EXPECT_EQ(rest.error_number, 0);
  ASSERT_TRUE(rest.bytes.ends_with('\n'));
  EXPECT_EQ(rest.bytes.find('\n'), rest.bytes.size() - 1) << "one line";
  EXPECT_EQ(json::parse(rest.bytes), json({{"pod", "echo-1"},
                                           {"namespace", "prod"},
                                           {"node", "node-a"},
                                           {"host_name", "box"},
                                           {"server_address", server_.endpoint().to_string()},
                                           {"client_address", client.local().to_string()},
                                           {"via", nullptr},
                                           {"connection", 1},
                                           {"version", build_info().version}}));
  EXPECT_EQ(json::parse(line())["connection"], 2);
}

TEST_F(IdentityPort, SaysNullWhereThereIsNoPod) {
  IdentityServer outside(listen(), admin::identity_of({}), log_.logger());
  outside.start();
  const json identity = json::parse(TestClient(outside.endpoint()).receive_rest().bytes);
  EXPECT_TRUE(identity["pod"].is_null());
  EXPECT_TRUE(identity["namespace"].is_null());
  EXPECT_TRUE(identity["node"].is_null());
  EXPECT_TRUE(identity["host_name"].is_string());
}

TEST_F(IdentityPort, SurvivesAnEnvironmentThatIsNotUtf8) {
  IdentityServer odd(listen(), {.pod = {"a\xFF\nb", "", ""}, .host_name = "box"}, log_.logger());
  odd.start();
  EXPECT_EQ(json::parse(TestClient(odd.endpoint()).receive_rest().bytes)["pod"], "a\uFFFD\nb");
}

TEST_F(IdentityPort, NeverEchoesAndEndsWithoutAReset) {
  const TestClient client = connect();
  client.send(random_bytes(100'000, 1));
  const auto rest = client.receive_rest();
  EXPECT_EQ(rest.error_number, 0);
  EXPECT_EQ(json::parse(rest.bytes)["connection"], 1);
}

TEST_F(IdentityPort, DiscardsAMebibyteOfAClientAtMost) {
  const TestClient client = connect();
  EXPECT_LT(client.send_until_broken(random_bytes(std::size_t{64} * 1024 * 1024, 1)), std::size_t{32} * 1024 * 1024);
}

TEST_F(IdentityPort, ClosesAClientThatStays) {
  const TestClient client = connect();
  EXPECT_EQ(client.receive_rest().error_number, 0);
  // Once the server has closed its socket, it answers the next bytes with a reset.
  EXPECT_TRUE(eventually([&] { return !client.try_send("x"); }));
}

TEST_F(IdentityPort, AnswersMoreClientsThanItKeeps) {
  std::vector<TestClient> clients;
  for (std::size_t i = 0; i < 3 * IdentityServer::kMostClients; ++i) {
    clients.push_back(connect());
  }
  for (const TestClient& client : clients) {
    const auto rest = client.receive_rest();
    EXPECT_EQ(rest.error_number, 0);
    EXPECT_TRUE(rest.bytes.ends_with('\n'));
  }
}

TEST_F(IdentityPort, AnswersThoseWhoWaitWhenItStopsAndStaysNotLongerThanTheyDo) {
  const Watchdog watchdog("the service of IDENTITY_PORT did not stop");
  const TestClient client = connect();
  server_.stop_accepting();
  EXPECT_TRUE(client.receive_rest().bytes.ends_with('\n'));
  server_.join();
  EXPECT_THROW(TestClient{server_.endpoint()}, std::system_error);
}

}  // namespace
}  // namespace threadecho::test
