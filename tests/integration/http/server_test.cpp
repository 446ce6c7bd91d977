#include "http/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>
#include <nlohmann/json.hpp>
#include <string>

#include "support/http_fixture.h"

namespace threadecho::http {
namespace {

using nlohmann::json;
using namespace std::string_literals;
using test::HttpAnswer;
using test::HttpClient;
using test::request_text;
using testing::HasSubstr;
using testing::MatchesRegex;

using HttpServer = test::HttpFixture;

TEST_F(HttpServer, AnswersEveryPath) {
  for (const char* path : {"/", "/metrics", "/healthz", "/readyz", "/config", "/version", "http://h/healthz"}) {
    const HttpAnswer answer = test::http_get(port(), path);
    EXPECT_EQ(answer.status, 200) << path;
    EXPECT_FALSE(answer.body.empty()) << path;
    EXPECT_EQ(answer.headers.at("server"), "threadecho");
    EXPECT_EQ(answer.headers.at("cache-control"), "no-store");
    EXPECT_EQ(answer.headers.at("x-content-type-options"), "nosniff");
    EXPECT_EQ(answer.headers.at("connection"), "close");
    EXPECT_THAT(answer.headers.at("date"), MatchesRegex("[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} 20[0-9]{2} .* GMT"));
  }
}

TEST_F(HttpServer, GivesMetricsWithTheirContentType) {
  const HttpAnswer answer = test::http_get(port(), "/metrics");
  EXPECT_EQ(answer.headers.at("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_EQ(answer.body, "threadecho_ready 1\n");
}

TEST_F(HttpServer, DatesItsAnswersInUtcWhereverItRuns) {
  // No other thread of this test reads the environment meanwhile: the server's answers the request below.
  ::setenv("TZ", "AHEAD-5:30", 1);  // NOLINT(concurrency-mt-unsafe)
  ::tzset();
  const std::time_t before = std::time(nullptr);
  const std::string date = test::http_get(port(), "/healthz").headers.at("date");
  ::unsetenv("TZ");  // NOLINT(concurrency-mt-unsafe)
  ::tzset();
  std::tm told{};
  ASSERT_NE(::strptime(date.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &told), nullptr) << date;
  EXPECT_NEAR(static_cast<double>(::timegm(&told)), static_cast<double>(before), 60);
}

TEST_F(HttpServer, TurnsNotReadyWhileItStaysHealthy) {
  echo_.server().begin_drain();
  EXPECT_EQ(test::http_get(port(), "/readyz").status, 503);
  EXPECT_EQ(test::http_get(port(), "/healthz").status, 200);
}

TEST_F(HttpServer, AnswersHeadWithTheLengthButNoBody) {
  HttpClient client(port());
  for (const char* path : {"/", "/metrics", "/nothing"}) {
    client.send(request_text("GET", path));
    const HttpAnswer got = client.read_answer();
    client.send(request_text("HEAD", path));
    const HttpAnswer head = client.read_head_answer();
    EXPECT_EQ(head.status, got.status);
    EXPECT_EQ(head.headers.at("content-length"), got.headers.at("content-length"));
    EXPECT_EQ(head.headers.at("content-type"), got.headers.at("content-type"));
  }
}

TEST_F(HttpServer, KeepsTheConnectionAfterRefusingAPathOrAMethod) {
  HttpClient client(port());
  client.send(request_text("GET", "/nothing?x"));
  HttpAnswer answer = client.read_answer();
  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(answer.headers.at("content-type"), "application/json");
  EXPECT_THAT(json::parse(answer.body)["error"].get<std::string>(), HasSubstr("/nothing"));
  client.send(request_text("DELETE", "/healthz"));
  answer = client.read_answer();
  EXPECT_EQ(answer.status, 405);
  EXPECT_EQ(answer.headers.at("allow"), "GET, HEAD, OPTIONS");
  client.send(request_text("GET", "/healthz"));
  EXPECT_EQ(client.read_answer().body, "ok\n");
}

TEST_F(HttpServer, AnswersOptionsWithoutContentAndKeepsTheConnection) {
  HttpClient client(port());
  for (const char* target : {"/", "/status", "/threads"}) {
    client.send(request_text("OPTIONS", target));
    const HttpAnswer answer = client.read_head_answer();
    EXPECT_EQ(answer.status, 204);
    EXPECT_EQ(answer.headers.at("allow"), "GET, HEAD, OPTIONS");
    EXPECT_FALSE(answer.headers.contains("content-length"));
    EXPECT_FALSE(answer.headers.contains("content-type"));
  }
  client.send(request_text("GET", "/healthz"));
  EXPECT_EQ(client.read_answer().body, "ok\n");
}

TEST_F(HttpServer, ClosesAfterARequestOfHttp10UnlessAskedNotTo) {
  HttpClient keeping(port());
  keeping.send("GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_EQ(keeping.read_answer().headers.at("connection"), "keep-alive");
  keeping.send("GET /healthz HTTP/1.0\r\n\r\n");
  const HttpAnswer answer = keeping.read_answer();
  EXPECT_EQ(answer.version, "HTTP/1.0");
  EXPECT_EQ(answer.body, "ok\n");
  EXPECT_EQ(keeping.read_to_end(), "");
}

TEST_F(HttpServer, AnswersPipelinedRequestsInOrder) {
  HttpClient client(port());
  std::string requests;
  for (int i = 0; i < 1000; ++i) {
    requests += request_text("GET", std::string("/").append(std::to_string(i)));
  }
  client.send(requests);
  client.finish_sending();
  for (int i = 0; i < 1000; ++i) {
    ASSERT_THAT(client.read_answer().body, HasSubstr("not found: /" + std::to_string(i) + " ("));
  }
  EXPECT_EQ(client.read_to_end(), "");
}

TEST_F(HttpServer, AnswersAClientThatHasFinishedSending) {
  HttpClient client(port());
  client.send(request_text("GET", "/healthz"));
  client.finish_sending();
  EXPECT_EQ(client.read_answer().body, "ok\n");
  EXPECT_EQ(client.read_to_end(), "");
}

TEST_F(HttpServer, AnswersARequestThatEndsEarly) {
  HttpClient client(port());
  client.send("GET /healthz HTTP/1.1\r\nHo");
  client.finish_sending();
  EXPECT_EQ(client.read_answer().status, 400);
}

TEST_F(HttpServer, RefusesBodiesAndCloses) {
  HttpClient get(port());
  get.send("GET /healthz HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello");
  EXPECT_EQ(get.read_answer().status, 413);
  EXPECT_EQ(get.read_to_end(), "");

  HttpClient post(port());
  post.send("POST /healthz HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
  EXPECT_EQ(post.read_answer().status, 405);
  EXPECT_EQ(post.read_to_end(), "");

  // Were the body taken for a request, there would be a second answer.
  HttpClient smuggler(port());
  smuggler.send("GET /healthz HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" +
                request_text("GET", "/healthz"));
  EXPECT_EQ(smuggler.read_answer().status, 413);
  EXPECT_EQ(smuggler.read_to_end(), "");
}

TEST_F(HttpServer, LetsAClientThatStillSendsReadItsAnswer) {
  HttpClient client(port());
  client.send("POST /healthz HTTP/1.1\r\nHost: h\r\nContent-Length: 500000\r\n\r\n" + std::string(500'000, 'x'));
  client.finish_sending();
  EXPECT_EQ(client.read_answer().status, 405);
  EXPECT_EQ(client.read_to_end(), "");
}

TEST_F(HttpServer, RefusesNonsenseClearlyAndCloses) {
  const std::string contradiction =
      "GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\nhello";
  for (const std::string& nonsense :
       {"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"s + std::string(500, '\x7f'), "GET /healthz\r\n"s,
        "GET /\0 HTTP/1.1\r\nHost: h\r\n\r\n"s, std::string(100, '\0'), "GET / HTTP/1.1\r\n\r\n"s, contradiction}) {
    HttpClient client(port());
    client.send(nonsense);
    const HttpAnswer answer = client.read_answer();
    EXPECT_EQ(answer.status, 400) << nonsense;
    EXPECT_EQ(answer.headers.at("connection"), "close");
    EXPECT_TRUE(json::parse(answer.body).contains("error"));
    EXPECT_EQ(client.read_to_end(), "");
  }
  HttpClient client(port());
  client.send("GET /healthz HTTP/1.1\r\nHost: h\r\n");
  client.send("X: " + std::string(100'000, 'x'));
  EXPECT_EQ(client.read_answer().status, 431);
  EXPECT_EQ(test::http_get(port(), "/../healthz").status, 404);
  EXPECT_EQ(test::http_get(port(), "/healthz").status, 200);
}

TEST_F(HttpServer, SurvivesARouteThatThrows) {
  fail_ = true;
  HttpClient client(port());
  client.send(request_text("GET", "/metrics"));
  const HttpAnswer answer = client.read_answer();
  EXPECT_EQ(answer.status, 500);
  EXPECT_THAT(json::parse(answer.body)["error"].get<std::string>(), HasSubstr("/metrics"));
  EXPECT_THAT(log_.text(), HasSubstr("error HTTP route failed path=/metrics"));
  fail_ = false;
  client.send(request_text("GET", "/metrics"));
  EXPECT_EQ(client.read_answer().status, 200);
}

TEST_F(HttpServer, EndsAllConnectionsWhenItStops) {
  HttpClient idle(port());
  idle.send(request_text("GET", "/healthz"));
  idle.read_answer();
  const std::uint16_t port_before = port();
  server_->stop();
  server_->stop();
  EXPECT_EQ(idle.read_to_end(), "");
  EXPECT_THROW(HttpClient{port_before}, std::system_error);
}

}  // namespace
}  // namespace threadecho::http
