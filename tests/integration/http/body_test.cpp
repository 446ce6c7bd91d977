// Requests with a body that the handler allows, through the whole HTTP server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "http/server.h"
#include "net/endpoint.h"
#include "net/listen.h"
#include "support/captured_log.h"
#include "support/http_client.h"

namespace threadecho::http {
namespace {

using test::HttpClient;
using testing::HasSubstr;

/// Answers with method and body of each request; /body may have one of 16 bytes.
class HttpBody : public testing::Test {
 protected:
  HttpBody() {
    net::ListenOptions options;  // any free port
    options.backlog = 16;
    options.setting = "HTTP_PORT";
    net::Fd listener = net::listen_on(options);
    port_ = net::Endpoint::local_of(listener.get()).port();
    const Handler handler{
        .respond =
            [](const Request& request) {
              return Response{200, kTextType, std::string(request.method).append(" ").append(request.body)};
            },
        .is_costly = [](const Request&) { return false; },
        .body_limit = [](const Request& request) { return request.target == "/body" ? std::size_t{16} : 0; }};
    server_ = std::make_unique<Server>(
        std::move(listener), Service{.handler = handler, .limits = {.request = std::chrono::milliseconds(200)}},
        log_.logger());
    server_->start();
  }

  static std::string post(std::string_view path, std::string_view fields, std::string_view body) {
    return std::string("POST ")
        .append(path)
        .append(" HTTP/1.1\r\nHost: a\r\n")
        .append(fields)
        .append("\r\n")
        .append(body);
  }

  test::CapturedLog log_;
  std::uint16_t port_ = 0;
  std::unique_ptr<Server> server_;
};

TEST_F(HttpBody, IsGivenToTheHandlerAndTheConnectionIsKept) {
  HttpClient client(port_);
  client.send(post("/body", "Content-Length: 5\r\n", "hello") + post("/body", "Content-Length: 2\r\n", "hi") +
              test::request_text("GET", "/body"));
  EXPECT_EQ(client.read_answer().body, "POST hello");
  EXPECT_EQ(client.read_answer().body, "POST hi");
  EXPECT_EQ(client.read_answer().body, "GET ");
}

TEST_F(HttpBody, MayComeByteByByte) {
  HttpClient client(port_);
  for (const char byte : post("/body", "Content-Length: 16\r\n", "0123456789abcdef")) {
    client.send(std::string(1, byte));
  }
  EXPECT_EQ(client.read_answer().body, "POST 0123456789abcdef");
}

TEST_F(HttpBody, IsAskedForIfTheClientWaits) {
  HttpClient client(port_);
  client.send(post("/body", "Content-Length: 5\r\nExpect: 100-continue\r\n", ""));
  EXPECT_EQ(client.read_head_answer().status, 100);
  client.send("hello");
  EXPECT_EQ(client.read_answer().body, "POST hello");
}

TEST_F(HttpBody, IsRefusedBeyondItsLimitOrWithoutALength) {
  const auto status_of = [this](const std::string& request) {
    HttpClient client(port_);
    client.send(request);
    const auto answer = client.read_answer();
    EXPECT_EQ(client.read_to_end(), "") << "the connection is closed";
    return answer.status;
  };
  EXPECT_EQ(status_of(post("/body", "Content-Length: 17\r\n", "0123456789abcdefg")), 413);
  EXPECT_EQ(status_of(post("/body", "Content-Length: 99999999999\r\n", "")), 413);
  EXPECT_EQ(status_of(post("/body", "Transfer-Encoding: chunked\r\n", "5\r\nhello\r\n0\r\n\r\n")), 411);
  EXPECT_EQ(status_of(post("/other", "Content-Length: 5\r\n", "hello")), 413);
  EXPECT_EQ(status_of(post("/other", "Content-Length: 5\r\nExpect: 100-continue\r\n", "")), 413);
}

TEST_F(HttpBody, ThatTricklesEndsTheConnection) {
  HttpClient client(port_);
  client.send(post("/body", "Content-Length: 5\r\n", "hell"));
  EXPECT_THAT(client.read_to_any_end(), testing::IsEmpty()) << "no answer to half a request";
}

TEST_F(HttpBody, ThatEndsTooEarlyIsA400) {
  HttpClient client(port_);
  client.send(post("/body", "Content-Length: 5\r\n", "hell"));
  client.finish_sending();
  EXPECT_EQ(client.read_answer().status, 400);
}

}  // namespace
}  // namespace threadecho::http
