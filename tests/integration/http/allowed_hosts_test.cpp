// Against DNS rebinding: HTTP_ALLOWED_HOSTS, through the whole HTTP server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "support/http_fixture.h"

namespace threadecho::http {
namespace {

using nlohmann::json;
using test::HttpAnswer;
using test::HttpClient;
using testing::AllOf;
using testing::HasSubstr;

class HttpAllowedHosts : public test::HttpFixture {
 protected:
  HttpAllowedHosts() : HttpFixture({}, {"status.example.com", "threadecho"}) {}

  HttpAnswer ask(const std::string& host, const std::string& target = "/healthz") {
    client_.send("GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
    return client_.read_answer();
  }

  HttpClient client_{port()};
};

TEST_F(HttpAllowedHosts, AreAnswered) {
  for (const char* host : {"status.example.com", "status.example.com:8080", "STATUS.Example.com", "threadecho:80",
                           "localhost", "localhost:8080", "127.0.0.1", "10.0.0.7:8080", "[::1]", "[fe80::1]:8080"}) {
    EXPECT_EQ(ask(host).body, "ok\n") << host;
  }
}

TEST_F(HttpAllowedHosts, LeaveNoAnswerToAnyOtherHost) {
  for (const char* target : {"/", "/metrics", "/healthz", "/connections", "/config", "/nothing"}) {
    const HttpAnswer answer = ask("evil.example:8080", target);
    EXPECT_EQ(answer.status, 421) << target;
    EXPECT_EQ(answer.headers.at("content-type"), "application/json");
    EXPECT_THAT(json::parse(answer.body).at("error").get<std::string>(),
                AllOf(HasSubstr("HTTP_ALLOWED_HOSTS"), HasSubstr("evil.example:8080")));
  }
  EXPECT_EQ(ask("threadecho").status, 200) << "the connection is kept";
}

TEST_F(HttpAllowedHosts, AreThoseOfAnAbsoluteTargetWhateverTheHostFieldSays) {
  EXPECT_EQ(ask("evil.example", "http://threadecho:80/healthz").status, 200);
  EXPECT_EQ(ask("threadecho", "http://evil.example/healthz").status, 421);
  EXPECT_EQ(ask("threadecho", "http://threadecho@evil.example/healthz").status, 421);
}

TEST_F(HttpAllowedHosts, AreNotAskedOfAClientThatNamesNone) {
  client_.send("GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_EQ(client_.read_answer().status, 200);
  EXPECT_EQ(ask("").status, 200);
}

TEST_F(HttpAllowedHosts, HaveALongNameShownInPart) { EXPECT_LT(ask(std::string(7000, 'h')).body.size(), 300U); }

}  // namespace
}  // namespace threadecho::http
