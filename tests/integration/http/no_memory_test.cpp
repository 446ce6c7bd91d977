#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <utility>

#include "support/eventually.h"
#include "support/http_fixture.h"
#include "support/no_memory.h"

namespace threadecho::http {
namespace {

using test::FailingAllocation;
using test::HttpClient;
using test::request_text;

constexpr int kMostAllocations = 10'000;

class NoMemoryForHttp : public test::HttpFixture {
 protected:
  NoMemoryForHttp() : HttpFixture({.accept_pause = std::chrono::milliseconds(1)}) {}
};

/// What the server answers to `requests`, up to the end of the connection.
std::string answers_to(std::uint16_t port, const std::string& requests) {
  HttpClient client(port);
  client.send(requests);
  return client.read_to_any_end();
}

/// Fails each allocation of the server in turn, until it answers all `requests` without one that fails. After each
/// failure the server must still accept and answer.
void fail_each_allocation(std::uint16_t port, const std::string& requests) {
  int failures = 0;
  for (bool has_failed = true; has_failed; ++failures) {
    ASSERT_LT(failures, kMostAllocations);
    {
      const FailingAllocation failing(failures + 1);
      answers_to(port, requests);
      // What the server still does after its last answer comes before the answer to the next client.
      answers_to(port, request_text("GET", "/healthz", false));
      has_failed = failing.has_failed();
    }
    ASSERT_EQ(test::http_get(port, "/healthz").body, "ok\n") << "after allocation " << failures + 1;
  }
  EXPECT_GT(failures, 10);
}

TEST_F(NoMemoryForHttp, EndsOneConnectionOnly) { fail_each_allocation(port(), request_text("GET", "/metrics", false)); }

TEST_F(NoMemoryForHttp, EndsAConnectionWithSeveralRequestsOnly) {
  fail_each_allocation(port(), request_text("GET", "/readyz") + request_text("HEAD", "/config") +
                                   request_text("GET", "/connections", false));
}

TEST_F(NoMemoryForHttp, EndsAConnectionThatIsRefusedOnly) {
  fail_each_allocation(port(), request_text("GET", "/nothing") + "POST /healthz HTTP/1.1\r\nHost: h\r\n" +
                                   "Content-Length: 500\r\n\r\n" + std::string(500, 'x'));
}

TEST_F(NoMemoryForHttp, LeavesOtherConnectionsOpen) {
  HttpClient other(port());
  other.send(request_text("GET", "/healthz"));
  ASSERT_EQ(other.read_answer().body, "ok\n");
  // Once these have been answered, the server also waits for the other connection's next request, and needs no memory
  // for that.
  test::http_get(port(), "/healthz");
  test::http_get(port(), "/healthz");
  fail_each_allocation(port(), request_text("GET", "/healthz", false));
  other.send(request_text("GET", "/healthz"));
  EXPECT_EQ(other.read_answer().body, "ok\n");
}

TEST(NoMemoryForTheFirstAccept, IsTriedAgain) {
  net::Fd listener = net::listen_on({});
  const std::uint16_t port = net::Endpoint::local_of(listener.get()).port();
  test::CapturedLog log;
  Server server(std::move(listener),
                {.handler = {.respond = [](const Request&) -> Response {
                               return {200, kTextType, "ok\n"};
                             },
                             .is_costly = [](const Request&) { return false; }}},
                log.logger());
  {
    const FailingAllocation failing(1);
    server.start();
    ASSERT_TRUE(test::eventually([&] { return failing.has_failed(); }));
  }
  EXPECT_EQ(test::http_get(port, "/healthz").body, "ok\n");
}

}  // namespace
}  // namespace threadecho::http
