// probe, load and identity against the ports of a real server that are for load balancers and for identity.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "support/scripted_server.h"
#include "support/server_process.h"

namespace threadecho::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class ProxyClients : public ::testing::TestWithParam<std::string> {
 protected:
  ProxyClients() { server_.wait_until_serving(); }

  [[nodiscard]] std::string proxy() const { return "127.0.0.1:" + std::to_string(server_.proxy_port()); }
  [[nodiscard]] double headers(const std::string& result) const {
    return server_.metric("threadecho_proxy_headers_total{result=\"" + result + "\"}");
  }

  ServerProcess server_{{.arguments = {"--bind-address", "127.0.0.1", "--proxy-port", "0", "--identity-port", "0"},
                         .environment = {{"POD_NAME", "echo-1"}, {"NODE_NAME", "node-a"}},
                         .env_file = {}}};
};
INSTANTIATE_TEST_SUITE_P(, ProxyClients, ::testing::Values("v1", "v2"));

TEST_P(ProxyClients, OfProbeGetThrough) {
  const EndedProgram probe = run_program({"probe", proxy(), "--proxy-protocol", GetParam(), "--count", "3",
                                          "--interval", "1ms", "--half-close", "--json"});
  EXPECT_EQ(probe.status, 0) << probe.output << probe.errors;
  EXPECT_EQ(nlohmann::json::parse(probe.output)["settings"]["proxy_protocol"], GetParam());
  EXPECT_EQ(headers(GetParam()), 1);
  EXPECT_EQ(server_.metric("threadecho_received_bytes_total"), 4 * 64) << "no header among them";
  EXPECT_THAT(server_.output(), HasSubstr(" via=127.0.0.1:"));
}

TEST_P(ProxyClients, OfLoadGetThroughWithEachConnection) {
  const EndedProgram load = run_program({"load", proxy(), "--proxy-protocol", GetParam(), "--churn", "--connections",
                                         "4", "--duration", "300ms", "--warmup", "0", "--json"});
  EXPECT_EQ(load.status, 0) << load.output << load.errors;
  const nlohmann::json result = nlohmann::json::parse(load.output);
  EXPECT_TRUE(result["clean"]);
  EXPECT_EQ(result["settings"]["proxy_protocol"], GetParam());
  EXPECT_GE(headers(GetParam()), result["messages"].get<double>());
  EXPECT_EQ(headers("malformed"), 0);
}

TEST_P(ProxyClients, ThatSendNoHeaderAreToldSo) {
  const EndedProgram probe = run_program({"probe", proxy(), "--count", "1"});
  EXPECT_EQ(probe.status, 14) << probe.output << probe.errors;
  EXPECT_EQ(headers("malformed"), 1);
  const EndedProgram other = run_program({"probe", proxy(), "--proxy-protocol", "v3"});
  EXPECT_EQ(other.status, 2);
  EXPECT_THAT(other.errors, HasSubstr("allowed: v1, v2"));
}

TEST_P(ProxyClients, OfTheIdentityPortShowWhoAnswers) {
  const std::string target = "127.0.0.1:" + std::to_string(server_.identity_port());
  const EndedProgram text = run_program({"identity", target, "--count", "5"});
  EXPECT_EQ(text.status, 0) << text.output << text.errors;
  EXPECT_THAT(text.output, AllOf(HasSubstr("5 connections in"), HasSubstr("5 answers from 1 server"),
                                 HasSubstr("echo-1  node-a  ####"), HasSubstr("127.0.0.1  (1 server)"),
                                 HasSubstr("sticky: all connections reached the same server")));
  const nlohmann::json result =
      nlohmann::json::parse(run_program({"identity", target, "--count", "5", "--json"}).output);
  EXPECT_EQ(result["answers"], 5);
  EXPECT_EQ(result["sticky"], true);
  EXPECT_EQ(result["servers"][0]["pod"], "echo-1");
  EXPECT_EQ(result["servers"][0]["server_addresses"], nlohmann::json::array({target}));
}

TEST_P(ProxyClients, OfAnotherPortThanThatOfIdentityFail) {
  const EndedProgram silent =
      run_program({"identity", server_.echo().to_string(), "--count", "1", "--timeout", "100ms"});
  EXPECT_EQ(silent.status, 12) << silent.output << silent.errors;
  const EndedProgram http = run_program(
      {"identity", "127.0.0.1:" + std::to_string(server_.http_port()), "--count", "1", "--timeout", "100ms"});
  EXPECT_NE(http.status, 0) << http.output;
  const UnusedPort unused;
  const EndedProgram refused = run_program({"identity", unused.endpoint().to_string(), "--count", "2", "--json"});
  EXPECT_EQ(refused.status, 10);
  EXPECT_EQ(nlohmann::json::parse(refused.output)["errors"], nlohmann::json({{"refused", 2}}));
}

}  // namespace
}  // namespace threadecho::test
