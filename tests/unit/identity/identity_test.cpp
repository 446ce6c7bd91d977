#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "identity/identity_arguments.h"
#include "identity/identity_report.h"
#include "identity/server_identity.h"
#include "identity/spread.h"

namespace threadecho::identity {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

ServerIdentity pod(const std::string& name, const std::string& client = "10.0.0.9:1234") {
  return {.pod = name,
          .name_space = "prod",
          .node = "node-" + name,
          .host_name = name,
          .server_address = "10.0.0.1:9002",
          .client_address = client};
}

Spread spread_of(std::initializer_list<const char*> pods) {
  Spread spread;
  for (const char* const name : pods) {
    spread.add(pod(name));
  }
  return spread;
}

IdentityOptions options() {
  IdentityOptions result;
  result.target = {.host = "echo", .port = 9002};
  return result;
}

TEST(ServerIdentity, IsReadFromTheLineOfAServer) {
  const auto read = parse_identity(R"({"pod":"p","namespace":"n","node":null,"host_name":"h","server_address":"a:1",)"
                                   R"("client_address":"b:2","via":null,"connection":3,"version":"0.1.0"})"
                                   "\n");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->pod, "p");
  EXPECT_EQ(read->node, "");
  EXPECT_EQ(read->client_address, "b:2");
  EXPECT_EQ(read->name(), "p");
  EXPECT_EQ((ServerIdentity{.host_name = "h", .server_address = "a:1"}.name()), "h");
  EXPECT_EQ((ServerIdentity{.server_address = "a:1"}.name()), "a:1");
}

TEST(ServerIdentity, IsNothingElse) {
  for (const char* const line : {"", "\n", "{}\n", "[]\n", "hello\n", "{\"server_address\":\"a:1\"}\n",
                                 "{\"server_address\":1,\"client_address\":\"b:2\"}\n",
                                 "{\"server_address\":\"a:1\",\"client_address\":\"b:2\"}"}) {
    EXPECT_FALSE(parse_identity(line)) << line;
  }
}

TEST(Spread, CountsConnectionsByServerAndTellsTheMostChosenFirst) {
  const Spread spread = spread_of({"a", "b", "b", "c", "b"});
  const auto servers = spread.servers();
  ASSERT_EQ(servers.size(), 3U);
  EXPECT_EQ(servers[0].identity.pod, "b");
  EXPECT_EQ(servers[0].connections, 3U);
  EXPECT_EQ(spread.answers(), 5U);
  EXPECT_EQ(spread.repeats(), 1U);
  EXPECT_DOUBLE_EQ(*spread.repeat_share(), 0.25);
  EXPECT_DOUBLE_EQ(*spread.expected_repeat_share(), 0.04 + 0.36 + 0.04);
  EXPECT_EQ(spread.is_sticky(), false);
}

TEST(Spread, TellsServersApartByPodElseByHostAndAddress) {
  Spread spread;
  ServerIdentity one = pod("");
  one.host_name = "box";
  spread.add(one);
  one.server_address = "10.0.0.1:9003";
  spread.add(one);
  EXPECT_EQ(spread.servers().size(), 2U) << "two servers on one host";
  ServerIdentity moved = pod("a");
  spread.add(moved);
  moved.server_address = "[2001:db8::1]:9002";
  spread.add(moved);
  EXPECT_EQ(spread.servers().size(), 3U) << "a pod has an address of each family";
  moved.name_space = "test";
  spread.add(moved);
  EXPECT_EQ(spread.servers().size(), 4U);
}

TEST(Spread, NamesServersOfOneHostByTheirAddresses) {
  Spread spread;
  for (const char* const address : {"127.0.0.1:40411", "127.0.0.1:40412"}) {
    spread.add(ServerIdentity{.host_name = "vm", .server_address = address, .client_address = "127.0.0.1:1"});
  }
  spread.add(ServerIdentity{.host_name = "box", .server_address = "10.0.0.1:9002", .client_address = "127.0.0.1:1"});
  std::vector<std::string> names;
  for (const AnsweringServer& server : spread.servers()) {
    names.push_back(server.name);
  }
  EXPECT_THAT(names, ::testing::UnorderedElementsAre("vm 127.0.0.1:40411", "vm 127.0.0.1:40412", "box"));
}

TEST(Spread, IsHopelessAfterThreeConnectionsWithoutAnAnswer) {
  const auto failures_of = [](client::FailureKind kind) {
    Spread spread;
    for (int i = 0; i < 3; ++i) {
      EXPECT_FALSE(spread.is_hopeless());
      spread.add(client::Failure{kind, "text"});
    }
    return spread;
  };
  EXPECT_TRUE(failures_of(client::FailureKind::kEchoTimeout).is_hopeless());
  EXPECT_TRUE(failures_of(client::FailureKind::kWrongBytes).is_hopeless());
  EXPECT_FALSE(failures_of(client::FailureKind::kRefused).is_hopeless()) << "a rollout may bring the server back";
  Spread answered = spread_of({"a"});
  for (int i = 0; i < 5; ++i) {
    answered.add(client::Failure{client::FailureKind::kEchoTimeout, "text"});
  }
  EXPECT_FALSE(answered.is_hopeless());
}

TEST(Spread, IsStickyIfAllAnswersComeFromOneServer) {
  EXPECT_EQ(spread_of({"a", "a", "a"}).is_sticky(), true);
  EXPECT_EQ(spread_of({"a", "b"}).is_sticky(), false);
  EXPECT_EQ(spread_of({"a"}).is_sticky(), std::nullopt);
  EXPECT_EQ(spread_of({}).is_sticky(), std::nullopt);
}

TEST(Spread, KeepsClientAddressesWithoutPorts) {
  Spread spread;
  spread.add(pod("a", "10.0.0.9:1"));
  spread.add(pod("a", "10.0.0.9:2"));
  spread.add(pod("a", "[2001:db8::1]:3"));
  EXPECT_THAT(spread.servers()[0].client_addresses, ::testing::ElementsAre("10.0.0.9", "[2001:db8::1]"));
}

TEST(IdentityText, IsATableWithABarForEachServer) {
  const IdentityResult result{.spread = spread_of({"a", "b", "b", "b"}),
                              .began_at = {},
                              .duration = std::chrono::milliseconds(250),
                              .signal = {}};
  EXPECT_EQ(identity_text(options(), result, 60),
            "echo:9002: 4 connections in 0.25 s, 4 answers from 2 servers\n"
            "\n"
            "server  node                            connections    share\n"
            "b       node-b  ######################            3   75.0 %\n"
            "a       node-a  #######                           1   25.0 %\n"
            "\n"
            "client address as the servers see it:\n"
            "  10.0.0.9  (2 servers)\n"
            "\n"
            "not sticky: 2 of 3 connections followed another one to the same server (66.7 %, by chance 62.5 %)\n");
}

TEST(IdentityText, HasLinesForNodesThatLeaveNoRoom) {
  Spread spread;
  spread.add(ServerIdentity{.pod = "threadecho-6c9f7d8b5c-x2k0q",
                            .name_space = "prod",
                            .node = "ip-10-0-1-20.eu-central-1.compute.internal",
                            .host_name = "threadecho-6c9f7d8b5c-x2k0q",
                            .server_address = "10.0.0.1:9002",
                            .client_address = "10.0.0.9:1"});
  const IdentityResult result{.spread = spread, .began_at = {}, .duration = {}, .signal = {}};
  EXPECT_THAT(identity_text(options(), result, 80),
              HasSubstr("server                                                      connections    share\n"
                        "threadecho-6c9f7d8b5c-x2k0q  #############################            1  100.0 %\n"
                        "  on ip-10-0-1-20.eu-central-1.compute.internal\n"));
}

TEST(IdentityText, ShowsNoControlCharacterOfAServer) {
  ServerIdentity identity = pod("\x1b[2J");
  identity.node = "\x1b]0;title\a";
  identity.client_address = "\r:1";
  Spread spread;
  spread.add(identity);
  const IdentityResult result{.spread = spread, .began_at = {}, .duration = {}, .signal = {}};
  EXPECT_THAT(identity_text(options(), result, 80),
              AllOf(HasSubstr("\\x1b[2J"), HasSubstr("\\x1b]0;title\\x07"), HasSubstr("  \\r  ("),
                    Not(HasSubstr("\x1b")), Not(HasSubstr("\r"))));
}

TEST(IdentityText, TellsThatConnectionsStickAndWhyOthersFailed) {
  IdentityResult result{.spread = spread_of({"a", "a"}), .began_at = {}, .duration = {}, .signal = {}};
  result.spread.add(client::Failure{client::FailureKind::kRefused, "echo refused the connection"});
  result.spread.add(client::Failure{client::FailureKind::kReset, "echo reset the connection"});
  EXPECT_THAT(
      identity_text(options(), result, 80),
      AllOf(HasSubstr("4 connections in 0.00 s, 2 answers from 1 server\n"), HasSubstr("sticky: all connections"),
            HasSubstr("1 connection failed: refused (echo refused the connection)\n"),
            HasSubstr("1 connection failed: reset\n"), Not(HasSubstr("not sticky"))));
  EXPECT_EQ(result.exit_status(), 10);
}

TEST(IdentityJson, HasNullsWhereThereIsNothing) {
  const IdentityResult nothing{.spread = {}, .began_at = {}, .duration = {}, .signal = 2};
  const json object = json::parse(identity_json(options(), nothing));
  EXPECT_EQ(object["servers"], json::array());
  EXPECT_TRUE(object["sticky"].is_null());
  EXPECT_TRUE(object["error"].is_null());
  EXPECT_EQ(nothing.exit_status(), 130);
}

TEST(IdentityArguments, NeedATargetAndACount) {
  const std::vector<const char*> usual = {"identity", "echo:9002"};
  EXPECT_EQ(parse_identity_arguments(2, usual.data()).count, 100U);
  const std::vector<const char*> none = {"identity", "echo:9002", "--count", "0"};
  EXPECT_THROW(parse_identity_arguments(4, none.data()), cli::UsageError);
  EXPECT_THROW(parse_identity_arguments(1, usual.data()), cli::UsageError);
}

}  // namespace
}  // namespace threadecho::identity
