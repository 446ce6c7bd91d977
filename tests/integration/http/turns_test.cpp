#include <gtest/gtest.h>

#include <chrono>
#include <list>
#include <string>

#include "support/http_fixture.h"

namespace threadecho::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using test::HttpClient;
using test::request_text;

constexpr int kCost = 5;                   // milliseconds
constexpr milliseconds kPause{9 * kCost};  // after each answer

class HttpTurns : public test::HttpFixture {
 protected:
  explicit HttpTurns(Limits limits = {}) : HttpFixture(limits) { metrics_milliseconds_ = kCost; }

  static void scrape(HttpClient& client) {
    client.send(request_text("GET", "/metrics"));
    ASSERT_EQ(client.read_answer().status, 200);
  }
};

TEST_F(HttpTurns, LeaveATenthOfACoreToAScrapeLoop) {
  constexpr int kScrapes = 10;
  HttpClient client(port());
  const auto began = steady_clock::now();
  for (int i = 0; i < kScrapes; ++i) {
    scrape(client);
  }
  EXPECT_GE(steady_clock::now() - began, (kScrapes - 1) * kPause);
}

TEST_F(HttpTurns, AreSharedByAllClientsAndBothCostlyPaths) {
  HttpClient first(port());
  HttpClient second(port());
  HttpClient third(port());
  const auto began = steady_clock::now();
  first.send(request_text("GET", "/metrics"));
  second.send(request_text("HEAD", "/metrics?x"));
  EXPECT_EQ(first.read_answer().status, 200);
  EXPECT_EQ(second.read_head_answer().status, 200);
  third.send(request_text("GET", "/connections"));
  EXPECT_EQ(third.read_answer().status, 200);
  EXPECT_GE(steady_clock::now() - began, 2 * kPause);
}

TEST_F(HttpTurns, AreSharedByClientsThatWaitForTheSame) {
  constexpr int kClients = 40;
  std::list<HttpClient> clients;
  for (int i = 0; i < kClients; ++i) {
    clients.emplace_back(port());
    scrape(clients.back());
  }
  const int before = metrics_made_;
  for (HttpClient& client : clients) {
    client.send(request_text("GET", "/metrics"));
  }
  for (HttpClient& client : clients) {
    EXPECT_EQ(client.read_answer().status, 200);
  }
  EXPECT_LT(metrics_made_ - before, kClients / 2) << "nearly all of them wait while the first is answered";
}

TEST_F(HttpTurns, HoldUpNoOtherRequest) {
  HttpClient client(port());
  scrape(client);
  client.send(request_text("GET", "/metrics"));
  for (const char* path : {"/healthz", "/readyz", "/version", "/nothing"}) {
    test::http_get(port(), path);
  }
  HttpClient refused(port());
  refused.send(request_text("POST", "/metrics"));
  EXPECT_EQ(refused.read_answer().status, 405);
  EXPECT_EQ(client.read_answer().status, 200);
}

/// Room for two clients: one has had a costly answer and is idle, the other waits a minute for the next one.
class HttpTurnsOfTwoClients : public HttpTurns {
 protected:
  HttpTurnsOfTwoClients() : HttpTurns({.max_connections = 2, .turn_pause = std::chrono::minutes(1)}) {
    metrics_milliseconds_ = 500;
    scrape(first_);
    waiting_.send(request_text("GET", "/metrics"));
    probe(first_);  // the other one has gone longer without a request
  }

  static void probe(HttpClient& client) {
    client.send(request_text("GET", "/healthz"));
    EXPECT_EQ(client.read_answer().status, 200);
  }

  HttpClient first_{port()};
  HttpClient waiting_{port()};
};

TEST_F(HttpTurnsOfTwoClients, LeaveTheirPlaceToNewClientsOnlyIfIdle) {
  HttpClient third(port());
  probe(third);
  EXPECT_EQ(first_.read_to_end(), "");
  third.send(request_text("GET", "/healthz") + request_text("GET", "/metrics"));
  EXPECT_EQ(third.read_answer().status, 200);  // the other request follows at once: now both wait
  HttpClient fourth(port());
  EXPECT_EQ(waiting_.read_answer().status, 200) << "its answer comes at once, to make room";
  EXPECT_EQ(third.read_answer().status, 200);
  probe(fourth);
}

TEST_F(HttpTurnsOfTwoClients, EndWithTheServer) {
  server_->stop();
  EXPECT_EQ(waiting_.read_to_end(), "");
}

}  // namespace
}  // namespace threadecho::http
