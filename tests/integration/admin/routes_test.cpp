#include "admin/routes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "admin/page.h"
#include "build_info.h"
#include "support/captured_log.h"
#include "support/echo_fixture.h"

namespace threadecho::admin {
namespace {

using http::Response;
using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

class RoutesTest : public testing::Test {
 protected:
  Response get(std::string_view target) { return routes_.respond({"GET", target}); }

  static std::string header(const Response& response, std::string_view name) {
    for (const http::Header& header : response.headers) {
      if (header.name == name) {
        return std::string(header.value);
      }
    }
    return "";
  }

  bool metrics_fail_ = false;
  test::CapturedLog log_;
  test::EchoServer server_;
  Routes routes_{
      server_.server(),
      {{"PORT", "9000", config::Source::kDefault}, {"BIND_ADDRESS", "::", config::Source::kEnvironment}},
      {},
      [this] { return metrics_fail_ ? throw std::runtime_error("no figures") : std::string("threadecho_ready 1\n"); },
      log_.logger()};
};

TEST_F(RoutesTest, GiveMetricsInThePrometheusFormat) {
  const Response response = get("/metrics");
  EXPECT_EQ(response.status, 200U);
  EXPECT_EQ(response.content_type, "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_EQ(response.body, "threadecho_ready 1\n");
}

TEST_F(RoutesTest, AreHealthyWhetherReadyOrNot) {
  server_.server().begin_drain();
  EXPECT_EQ(get("/healthz").status, 200U);
  EXPECT_EQ(get("/healthz").body, "ok\n");
}

TEST_F(RoutesTest, TellReadinessAndWhyNot) {
  EXPECT_EQ(get("/readyz").status, 200U);
  EXPECT_EQ(get("/readyz").body, "ready\n");
  server_.server().begin_drain();
  EXPECT_EQ(get("/readyz").status, 503U);
  EXPECT_EQ(json::parse(get("/readyz").body), json({{"error", "draining"}}));
}

TEST(RoutesOfAFullServer, TellThatTheLimitIsReached) {
  auto settings = test::test_settings();
  settings.max_connections = 1;
  test::EchoServer server(settings);
  test::CapturedLog log;
  const Routes routes(server.server(), {}, {}, {}, log.logger());
  const test::TestClient only = server.connect();
  ASSERT_EQ(only.echo("x"), "x");
  const http::Response response = routes.respond({"GET", "/readyz"});
  EXPECT_EQ(response.status, 503U);
  EXPECT_EQ(json::parse(response.body), json({{"error", "the limit of 1 connections is reached"}}));
}

TEST(RoutesOfAServerWithoutThreads, TellThatThreadsAreWhatIsMissing) {
  auto settings = test::test_settings();
  settings.thread_stack_size = std::size_t{1} << 47U;  // more than there are addresses: no thread can be started
  test::EchoServer server(settings);
  test::CapturedLog log;
  const Routes routes(server.server(), {}, {}, {}, log.logger());
  EXPECT_EQ(routes.respond({"GET", "/readyz"}).status, 200U);
  test::expect_orderly_refusal(server.connect());
  const http::Response response = routes.respond({"GET", "/readyz"});
  EXPECT_EQ(response.status, 503U);
  EXPECT_EQ(json::parse(response.body), json({{"error", "the system cannot serve more than 0 connections now"}}));
}

class ReadinessInADrain : public test::OverAllModels {
 protected:
  /// What /readyz answers in each stage of a drain: before it, in DRAIN_DELAY, when accepting has stopped, when the
  /// last connection has ended.
  static std::vector<unsigned> answers(bool ready_during_drain_delay) {
    auto settings = test_settings();
    settings.ready_during_drain_delay = ready_during_drain_delay;
    test::EchoServer server(settings);
    test::CapturedLog log;
    const Routes routes(server.server(), {}, {}, {}, log.logger());
    std::vector<unsigned> statuses;
    const auto ask = [&] { statuses.push_back(routes.respond({"GET", "/readyz"}).status); };
    const test::TestClient client = server.connect();
    EXPECT_EQ(client.echo("before"), "before");
    ask();
    server.server().begin_drain();
    EXPECT_TRUE(server.server().is_draining());
    EXPECT_EQ(server.connect().echo("during the delay"), "during the delay");
    ask();
    server.server().stop_accepting();
    ask();
    EXPECT_EQ(client.echo("may finish"), "may finish");
    EXPECT_GE(server.stop(), 1U);
    ask();
    return statuses;
  }
};
INSTANTIATE_TEST_SUITE_P(, ReadinessInADrain, test::all_models(), test::name_of_model);

TEST_P(ReadinessInADrain, FallsAtItsBeginningUnlessTold) {
  EXPECT_EQ(answers(false), (std::vector<unsigned>{200, 503, 503, 503}));
}

TEST_P(ReadinessInADrain, FallsWhenAcceptingStopsWithReadyDuringDrainDelay) {
  EXPECT_EQ(answers(true), (std::vector<unsigned>{200, 200, 503, 503}));
}

TEST_P(ReadinessInADrain, StillFallsAtTheLimitOfConnections) {
  auto settings = test_settings();
  settings.ready_during_drain_delay = true;
  settings.max_connections = 1;
  test::EchoServer server(settings);
  server.server().begin_drain();
  const test::TestClient only = server.connect();
  EXPECT_EQ(only.echo("x"), "x");
  EXPECT_EQ(server.server().readiness(), echo::Readiness::kFull);
}

TEST_F(RoutesTest, ShowEverySettingInItsOrder) {
  const Response response = get("/config");
  EXPECT_EQ(response.content_type, "application/json");
  EXPECT_EQ(json::parse(response.body), json::parse(R"({"PORT": {"value": "9000", "source": "default"},
                                                        "BIND_ADDRESS": {"value": "::", "source": "environment"}})"));
  EXPECT_LT(response.body.find("PORT"), response.body.find("BIND_ADDRESS"));
}

TEST_F(RoutesTest, TellThePodOnlyWhereThereIsOne) {
  EXPECT_FALSE(json::parse(get("/version").body).contains("pod"));
  const Routes in_a_pod(server_.server(), {}, {.name = "threadecho-1", .name_space = "demo", .node = "n7"}, {},
                        log_.logger());
  EXPECT_EQ(json::parse(in_a_pod.respond({"GET", "/version"}).body)["pod"],
            json({{"name", "threadecho-1"}, {"namespace", "demo"}, {"node", "n7"}}));
}

TEST_F(RoutesTest, TellVersionsOfProgramAndLibraries) {
  const json version = json::parse(get("/version").body);
  EXPECT_EQ(version["version"], build_info().version);
  EXPECT_EQ(version["revision"], build_info().revision);
  EXPECT_EQ(version["compiler"], build_info().compiler);
  for (const char* library : {"boost", "spdlog", "nlohmann-json", "CLI11"}) {
    EXPECT_THAT(version["libraries"][library].get<std::string>(), testing::MatchesRegex("[0-9]+\\.[0-9]+\\.[0-9]+"))
        << library;
  }
}

TEST_F(RoutesTest, LinkEveryPathFromAPageThatLoadsOnlyFromThisServer) {
  const Response response = get("/");
  EXPECT_EQ(response.status, 200U);
  EXPECT_EQ(response.content_type, "text/html; charset=utf-8");
  EXPECT_THAT(header(response, "Content-Security-Policy"),
              testing::StartsWith("default-src 'self'; object-src 'none'; base-uri"));
  EXPECT_THAT(header(response, "Content-Security-Policy"), Not(HasSubstr("unsafe")));
  for (const char* path :
       {"/status", "/metrics", "/healthz", "/readyz", "/connections", "/threads", "/config", "/version"}) {
    EXPECT_THAT(response.body, HasSubstr("<a href=\"." + std::string(path) + "\">"));
  }
  EXPECT_THAT(response.body, HasSubstr("<a href=\"page/runbook.md\">"));
  EXPECT_THAT(get("/page/runbook.md").body, HasSubstr("What each alert of"));
  EXPECT_THAT(response.body, HasSubstr("<th scope=\"row\">Messages</th><td>0</td>"));
  EXPECT_THAT(response.body, Not(HasSubstr("<!--"))) << "a placeholder";
  for (const char* what : {"src=\"http", "src=\"//", "style=\"", " onclick=", " onload=", "<style", "javascript:"}) {
    EXPECT_THAT(response.body, Not(HasSubstr(what)));
  }
}

TEST_F(RoutesTest, GiveTheFilesOfThePageWithTheirTypes) {
  std::size_t bytes = get("/").body.size();
  for (const auto& [path, type] :
       {std::pair("/page/page.css", "text/css; charset=utf-8"),
        std::pair("/page/main.mjs", "text/javascript; charset=utf-8"), std::pair("/page/icon.svg", "image/svg+xml"),
        std::pair("/page/runbook.md", "text/plain; charset=utf-8")}) {
    EXPECT_EQ(get(path).status, 200U) << path;
    EXPECT_EQ(get(path).content_type, type);
  }
  for (const http::PageFile& file : page_files()) {
    EXPECT_EQ(get(file.path).body, file.text);
    EXPECT_FALSE(routes_.is_costly({"GET", file.path}));
    // Text that a client chose becomes text, never markup.
    for (const char* danger : {"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("}) {
      EXPECT_THAT(std::string(file.text), Not(HasSubstr(danger))) << file.path;
    }
    bytes += file.text.size();
  }
  EXPECT_LT(bytes, std::size_t{150} * 1024);
  EXPECT_EQ(get("/page/index.html").status, 404U);
  EXPECT_EQ(get("/page/").status, 404U);
}

TEST_F(RoutesTest, TellStatusAndThreads) {
  EXPECT_EQ(json::parse(get("/status").body)["messages"], 0);
  EXPECT_EQ(json::parse(get("/threads").body)["total"], 0);
  EXPECT_THAT(get("/threads?limit=201").body, HasSubstr("limit='201'; allowed: 1 to 200"));
}

TEST_F(RoutesTest, IgnoreQueries) {
  EXPECT_EQ(get("/healthz?verbose=1&x=/../").status, 200U);
  EXPECT_EQ(get("/?").status, 200U);
}

TEST_F(RoutesTest, NameAPathThatIsNotThere) {
  for (const char* target : {"/nothing", "/healthz/", "//healthz", "/../healthz", "/./healthz", "/HEALTHZ", "*",
                             "example.com:443", "", "healthz", "ftp://host/healthz", "/%68ealthz"}) {
    const Response response = get(target);
    EXPECT_EQ(response.status, 404U) << target;
    EXPECT_THAT(json::parse(response.body)["error"].get<std::string>(), HasSubstr(target));
  }
}

TEST_F(RoutesTest, AnswerHeadAsGet) { EXPECT_EQ(routes_.respond({"HEAD", "/healthz"}).status, 200U); }

TEST_F(RoutesTest, AreCostlyOnlyWhereTheyWalkOverAllConnections) {
  for (const char* target : {"/", "/metrics", "/status", "/threads", "/connections?limit=1", "http://h/metrics"}) {
    EXPECT_TRUE(routes_.is_costly({"GET", target})) << target;
    EXPECT_TRUE(routes_.is_costly({"HEAD", target})) << target;
    EXPECT_FALSE(routes_.is_costly({"POST", target})) << target << ": 405";
  }
  for (const char* target : {"/healthz", "/readyz", "/config", "/version", "/nothing", "*"}) {
    EXPECT_FALSE(routes_.is_costly({"GET", target})) << target;
  }
}

TEST_F(RoutesTest, RefuseEveryOtherMethod) {
  for (const char* method : {"POST", "PUT", "DELETE", "TRACE", "get", "BREW"}) {
    const Response response = routes_.respond({method, "/healthz"});
    EXPECT_EQ(response.status, 405U) << method;
    EXPECT_EQ(header(response, "Allow"), "GET, HEAD, OPTIONS");
    EXPECT_EQ(json::parse(response.body)["error"], "/healthz answers GET and HEAD, not " + std::string(method));
  }
  EXPECT_EQ(routes_.respond({"POST", "/nothing"}).status, 404U);
}

TEST_F(RoutesTest, TellTheMethodsOfEveryPath) {
  for (const char* target : {"/", "/status", "/threads", "/connections", "/metrics", "/healthz", "/config",
                             "/page/main.mjs", "http://h/version?a=b"}) {
    const Response response = routes_.respond({"OPTIONS", target});
    EXPECT_EQ(response.status, 204U) << target;
    EXPECT_EQ(header(response, "Allow"), "GET, HEAD, OPTIONS") << target;
    EXPECT_EQ(response.body, "") << target;
    EXPECT_EQ(routes_.respond({"HEAD", target}).status, 200U) << target;
  }
  EXPECT_EQ(header(routes_.respond({"OPTIONS", "/faults"}), "Allow"), "GET, HEAD, POST, DELETE, OPTIONS");
  EXPECT_EQ(header(routes_.respond({"OPTIONS", "/faults/1"}), "Allow"), "DELETE, OPTIONS");
  EXPECT_EQ(routes_.respond({"OPTIONS", "/nothing"}).status, 404U);
}

TEST_F(RoutesTest, SayWhatIsWrongInValidJsonWhateverWasAsked) {
  EXPECT_THAT(get("/a\xff\"b").body, HasSubstr("/a\xEF\xBF\xBD\\\"b"));
  EXPECT_LT(get("/" + std::string(8000, 'a')).body.size(), 300U);
}

TEST_F(RoutesTest, MakeOne500OfARouteThatThrows) {
  metrics_fail_ = true;
  const Response response = get("/metrics");
  EXPECT_EQ(response.status, 500U);
  EXPECT_EQ(json::parse(response.body), json({{"error", "/metrics failed; the log says why"}}));
  EXPECT_EQ(log_.text(), "error HTTP route failed path=/metrics error=\"no figures\"\n");
  metrics_fail_ = false;
  EXPECT_EQ(get("/metrics").status, 200U);
}

TEST_F(RoutesTest, SayWhatAQueryForConnectionsMayBe) {
  for (const char* limit : {"limit=0", "limit=1001", "limit=-1", "limit=", "limit", "limit=1x",
                            "limit=99999999999999999999999", "sort=age&limit=%31"}) {
    const Response response = get(std::string("/connections?") + limit);
    EXPECT_EQ(response.status, 400U) << limit;
    EXPECT_THAT(response.body, HasSubstr("allowed: 1 to 1000")) << limit;
  }
  EXPECT_THAT(get("/connections?sort=peer").body, HasSubstr("sort='peer'; allowed: newest, bytes, age, idle"));
  EXPECT_THAT(get("/connections?offset=3").body, HasSubstr("offset='3'; allowed: limit, sort"));
  EXPECT_LT(get("/connections?" + std::string(5000, 'x')).body.size(), 300U);
}

}  // namespace
}  // namespace threadecho::admin
