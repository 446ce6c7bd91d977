#include "admin/fault_routes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "admin/connection_list.h"
#include "admin/routes.h"
#include "support/captured_log.h"
#include "support/echo_fixture.h"

namespace threadecho::admin {
namespace {

using http::Request;
using http::Response;
using nlohmann::json;
using testing::HasSubstr;

config::Settings settings_with_faults(bool on) {
  config::Settings settings = test::test_settings();
  settings.faults = on;
  return settings;
}

class FaultRoutes : public testing::Test {
 protected:
  explicit FaultRoutes(bool on = true) : server_(settings_with_faults(on)) {}

  Response ask(std::string_view method, std::string_view target, std::string_view body = {},
               std::string_view type = "application/json") {
    return routes_.respond(
        {.method = method, .target = target, .host = "localhost:8080", .content_type = type, .body = body});
  }
  Response post(std::string_view body = R"({"fault": "close", "after_bytes": 7, "duration": "5m"})") {
    return ask("POST", "/faults", body);
  }
  std::size_t listed() { return json::parse(ask("GET", "/faults").body).at("faults").size(); }

  test::CapturedLog log_;
  test::EchoServer server_;
  const Routes routes_{server_.server(), {}, {}, {}, log_.logger()};
};

TEST_F(FaultRoutes, AddShowAndEndAFault) {
  const Response added = post(R"({"fault": "delay", "delay": "200ms", "jitter": "50ms", "share": 0.1,
                                  "clients": ["10.0.0.0/8"], "duration": "5m", "scope": "new"})");
  EXPECT_EQ(added.status, 201U);
  json fault = json::parse(added.body);
  EXPECT_LE(fault["left_seconds"], 300);
  EXPECT_GT(fault["left_seconds"], 200);
  const json left = fault["left_seconds"];
  fault.erase("left_seconds");
  EXPECT_EQ(fault,
            json::parse(R"({"id": 1, "fault": "delay", "delay_seconds": 0.2, "jitter_seconds": 0.05, "share": 0.1,
                                   "clients": ["10.0.0.0/8"], "scope": "new", "duration_seconds": 300, "injected": 0})"));
  EXPECT_EQ(post().status, 201U);
  EXPECT_EQ(listed(), 2U);
  const Response ended = ask("DELETE", "/faults/1");
  EXPECT_EQ(ended.status, 200U);
  EXPECT_EQ(json::parse(ended.body)["id"], 1);
  EXPECT_EQ(ask("DELETE", "/faults/1").status, 404U);
  EXPECT_EQ(json::parse(ask("DELETE", "/faults").body)["faults"][0]["id"], 2);
  EXPECT_EQ(listed(), 0U);
}

TEST_F(FaultRoutes, ShowOwnFieldsOfEachKind) {
  EXPECT_EQ(json::parse(post().body)["after_bytes"], 7);
  EXPECT_EQ(
      json::parse(post(R"({"fault": "throttle", "bytes_per_second": 9, "duration": "1s"})").body)["bytes_per_second"],
      9);
  const json refuse = json::parse(post(R"({"fault": "refuse", "duration": "1s"})").body);
  EXPECT_FALSE(refuse.contains("after_bytes"));
  EXPECT_EQ(refuse["scope"], "all");
}

TEST_F(FaultRoutes, ApplyNothingOfABadRequest) {
  const Response bad = post(R"({"fault": "close", "duration": "5m", "shar": 0.5})");
  EXPECT_EQ(bad.status, 400U);
  EXPECT_THAT(json::parse(bad.body)["error"].get<std::string>(), HasSubstr("\"shar\": unknown; did you mean share?"));
  EXPECT_EQ(listed(), 0U);
  EXPECT_EQ(json::parse(post().body)["id"], 1) << "no number is used up";
}

TEST_F(FaultRoutes, TakeJsonAlone) {
  for (const std::string_view type :
       {"", "text/plain", "application/x-www-form-urlencoded", "application/jsonp", "text/plain; application/json"}) {
    EXPECT_EQ(ask("POST", "/faults", R"({"fault": "close", "duration": "5m"})", type).status, 415U) << type;
  }
  EXPECT_EQ(listed(), 0U);
  EXPECT_EQ(ask("POST", "/faults", R"({"fault": "close", "duration": "5m"})", "Application/JSON; charset=utf-8").status,
            201U);
}

/// Also if a page has rebound its own name to this server, so that the server is its origin.
TEST_F(FaultRoutes, LetNoWebPageChangeThem) {
  ASSERT_EQ(post().status, 201U);
  for (const std::string_view host : {"localhost:8080", "evil.example:8080", "127.0.0.1:8080"}) {
    const auto status = [&](std::string_view method, std::string_view target) {
      return routes_
          .respond({.method = method,
                    .target = target,
                    .host = host,
                    .content_type = "application/json",
                    .has_origin = true,
                    .body = R"({"fault": "close", "duration": "5m"})"})
          .status;
    };
    EXPECT_EQ(status("POST", "/faults"), 403U) << host;
    EXPECT_EQ(status("DELETE", "/faults"), 403U) << host;
    EXPECT_EQ(status("DELETE", "/faults/1"), 403U) << host;
  }
  EXPECT_EQ(listed(), 1U);
}

TEST_F(FaultRoutes, KnowTheirMethodsAndPaths) {
  const Response put = ask("PUT", "/faults");
  EXPECT_EQ(put.status, 405U);
  ASSERT_EQ(put.headers.size(), 1U);
  EXPECT_EQ(put.headers.front().value, "GET, HEAD, POST, DELETE, OPTIONS");
  EXPECT_EQ(ask("GET", "/faults/1").status, 405U);
  EXPECT_EQ(ask("POST", "/faults/1").status, 405U);
  EXPECT_EQ(ask("HEAD", "/faults").status, 200U);
  for (const std::string_view target : {"/faults/", "/faults/x", "/faults/1x", "/faults/-1",
                                        "/faults/99999999999999999999", "/faults/1/2", "/faultsx"}) {
    EXPECT_EQ(ask("DELETE", target).status, 404U) << target;
  }
}

TEST_F(FaultRoutes, HaveSixtyFourFaultsAtMost) {
  for (std::size_t i = 0; i < echo::FaultTable::kMost; ++i) {
    ASSERT_EQ(post().status, 201U);
  }
  EXPECT_EQ(post().status, 409U);
  EXPECT_EQ(listed(), echo::FaultTable::kMost);
}

TEST_F(FaultRoutes, TakeNoFaultOnceTheServerHasStopped) {
  server_.begin_drain_and_stop_accepting();
  EXPECT_EQ(post().status, 201U) << "connections may still be open";
  server_.stop();
  const Response refused = post();
  EXPECT_EQ(refused.status, 503U);
  EXPECT_THAT(refused.body, HasSubstr("the server has stopped serving clients"));
  EXPECT_EQ(listed(), 0U);
}

TEST_F(FaultRoutes, LetReadyzAnswer503AndCountIt) {
  ASSERT_EQ(post(R"({"fault": "unready", "duration": "5m"})").status, 201U);
  EXPECT_EQ(ask("GET", "/readyz").status, 503U);
  EXPECT_EQ(ask("GET", "/healthz").status, 200U);
  EXPECT_EQ(json::parse(ask("GET", "/faults").body)["faults"][0]["injected"], 1);
  EXPECT_EQ(ask("DELETE", "/faults").status, 200U);
  EXPECT_EQ(ask("GET", "/readyz").status, 200U);
}

TEST_F(FaultRoutes, AreShownWithTheConnectionsThatTheyHit) {
  const test::TestClient client = server_.connect();
  ASSERT_EQ(client.echo("x"), "x");
  ASSERT_EQ(post(R"({"fault": "refuse", "duration": "5m"})").status, 201U);
  ASSERT_EQ(post(R"({"fault": "stall", "duration": "5m"})").status, 201U);
  ASSERT_EQ(post(R"({"fault": "stall", "duration": "5m", "scope": "new"})").status, 201U);
  ASSERT_EQ(post(R"({"fault": "corrupt", "after_bytes": 9, "duration": "5m"})").status, 201U);
  EXPECT_EQ(json::parse(ask("GET", "/connections").body)["connections"][0]["faults"], json({2, 4}));
}

TEST_F(FaultRoutes, MayHaveABodyOfFourKibibytes) {
  EXPECT_EQ(routes_.body_limit({.method = "POST", .target = "/faults"}), 4096U);
  EXPECT_EQ(routes_.body_limit({.method = "GET", .target = "/faults"}), 0U);
  EXPECT_EQ(routes_.body_limit({.method = "POST", .target = "/metrics"}), 0U);
}

class FaultRoutesThatAreOff : public FaultRoutes {
 protected:
  FaultRoutesThatAreOff() : FaultRoutes(false) {}
};

TEST_F(FaultRoutesThatAreOff, AnswerNothingBut403) {
  for (const std::string_view method : {"GET", "HEAD", "POST", "DELETE", "PUT"}) {
    EXPECT_EQ(ask(method, "/faults", R"({"fault": "close", "duration": "5m"})").status, 403U) << method;
  }
  EXPECT_EQ(ask("DELETE", "/faults/1").status, 403U);
  EXPECT_THAT(ask("GET", "/faults").body, HasSubstr("FAULTS=on"));
  EXPECT_EQ(server_.server().faults().totals().active, 0U);
}

}  // namespace
}  // namespace threadecho::admin
