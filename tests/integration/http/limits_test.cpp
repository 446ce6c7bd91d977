#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "support/eventually.h"
#include "support/http_fixture.h"
#include "support/process_facts.h"
#include "support/server_side.h"

namespace threadecho::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using test::HttpClient;
using test::request_text;

/// The default limits, under which a test would wait for minutes if it had to wait for time.
using HttpConnections = test::HttpFixture;

TEST_F(HttpConnections, MakeRoomForAProbeWhenAllAreIdle) {
  std::vector<std::unique_ptr<HttpClient>> idle;
  for (std::size_t i = 0; i < kMaxHttpConnections + 10; ++i) {
    idle.push_back(std::make_unique<HttpClient>(port()));
  }
  EXPECT_EQ(test::http_get(port(), "/healthz").status, 200);
  EXPECT_EQ(idle.front()->read_to_end(), "") << "the oldest had to go";
  idle.back()->send(request_text("GET", "/healthz"));
  EXPECT_EQ(idle.back()->read_answer().status, 200) << "the newest could stay";
}

TEST_F(HttpConnections, AreSixtyFourAtOnce) {
  std::vector<std::unique_ptr<HttpClient>> clients;
  for (int i = 0; i < 64; ++i) {
    clients.push_back(std::make_unique<HttpClient>(port()));
    clients.back()->send(request_text("GET", "/healthz"));
    EXPECT_EQ(clients.back()->read_answer().status, 200);
  }
  for (const auto& client : clients) {
    EXPECT_FALSE(client->ends_within(milliseconds(0)));
  }
  EXPECT_EQ(test::http_get(port(), "/healthz").status, 200);
  EXPECT_TRUE(clients.front()->ends_within(milliseconds(0))) << "it was closed before the last one was answered";
  for (std::size_t i = 1; i < clients.size(); ++i) {
    EXPECT_FALSE(clients[i]->ends_within(milliseconds(0))) << i;
  }
}

TEST_F(HttpConnections, SendTheirAnswersAtOnce) {
  HttpClient client(port());
  client.send(request_text("GET", "/healthz"));
  EXPECT_EQ(client.read_answer().status, 200);
  EXPECT_EQ(test::int_option(test::descriptor_with_peer(client.local()), IPPROTO_TCP, TCP_NODELAY), 1);
}

TEST_F(HttpConnections, HaveTheirUnsentBytesKeptForThirtySecondsAtMost) {
  HttpClient client(port());
  client.send(request_text("GET", "/healthz"));
  EXPECT_EQ(client.read_answer().status, 200);
  EXPECT_EQ(test::int_option(test::descriptor_with_peer(client.local()), IPPROTO_TCP, TCP_USER_TIMEOUT), 30'000);
}

TEST_F(HttpConnections, EndInTheOrderOfTheirLastRequest) {
  HttpClient scraper(port());
  scraper.send(request_text("GET", "/metrics"));
  EXPECT_EQ(scraper.read_answer().status, 200);
  // Slow clients trickle a header. They are not idle, but the server still closes them before the scraper.
  std::vector<std::unique_ptr<HttpClient>> slow;
  for (std::size_t i = 0; i + 1 < kMaxHttpConnections; ++i) {
    slow.push_back(std::make_unique<HttpClient>(port()));
    slow.back()->send("GET /");
  }
  scraper.send(request_text("GET", "/metrics"));
  EXPECT_EQ(scraper.read_answer().status, 200);
  for (int i = 0; i < 30; ++i) {
    EXPECT_EQ(test::http_get(port(), "/healthz").status, 200);
  }
  scraper.send(request_text("GET", "/metrics"));
  EXPECT_EQ(scraper.read_answer().status, 200) << "a client that asks stays";
  EXPECT_EQ(slow.front()->read_to_end(), "");
}

TEST_F(HttpConnections, CostOthersNothingWhenTheyDoNotRead) {
  metrics_bytes_ = 64 * 1024 * 1024;
  std::vector<std::unique_ptr<HttpClient>> deaf;
  for (int i = 0; i < 3; ++i) {
    deaf.push_back(std::make_unique<HttpClient>(port()));
    deaf.back()->send(request_text("GET", "/metrics"));
  }
  EXPECT_EQ(test::http_get(port(), "/healthz").status, 200);
  EXPECT_EQ(deaf.front()->read_answer().body.size(), metrics_bytes_ + 19) << "late is not never";
}

TEST_F(HttpConnections, ComeBackOnceThereAreDescriptorsAgain) {
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  std::vector<net::Fd> taken;
  HttpClient waiting(port());  // its descriptors are there before they run out
  waiting.send(request_text("GET", "/healthz"));
  EXPECT_EQ(waiting.read_answer().status, 200);
  const net::Fd late(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  // UndefinedBehaviorSanitizer looks at a class once, through a pipe. So a line like the one to come is written before
  // there are no descriptors for pipes any more.
  log_.logger().warn("descriptors_run_out", {{"error", "soon"}, {"suppressed", 0U}});
  rlimit low = before;
  low.rlim_cur = 256;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &low), 0);
  for (net::Fd fd(::dup(late.get())); fd; fd = net::Fd(::dup(late.get()))) {
    taken.push_back(std::move(fd));
  }
  taken.pop_back();
  const auto began = steady_clock::now();
  HttpClient refused(port());  // takes the last descriptor; the server finds none to accept it with
  EXPECT_TRUE(log_.wait_for("warning cannot accept an HTTP client error="));
  waiting.send(request_text("GET", "/healthz"));
  EXPECT_EQ(waiting.read_answer().status, 200) << "who was there before is served on";
  refused.send(request_text("GET", "/healthz"));
  taken.clear();
  EXPECT_EQ(refused.read_answer().status, 200) << "the client waited in the backlog";
  EXPECT_GE(steady_clock::now() - began, milliseconds(50)) << "the server paused rather than spin";
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
}

class HttpTimeLimits : public test::HttpFixture {
 protected:
  static constexpr milliseconds kShort{50};
  static constexpr milliseconds kLong{60'000};
  static Limits limits(milliseconds idle, milliseconds request, milliseconds write) {
    return {.idle = idle, .request = request, .write = write, .linger = kShort};
  }
  explicit HttpTimeLimits(Limits limits) : HttpFixture(limits) {}
};

class HttpIdleLimit : public HttpTimeLimits {
 protected:
  HttpIdleLimit() : HttpTimeLimits(limits(kShort, kLong, kLong)) {}
};

TEST_F(HttpIdleLimit, EndsAConnectionWithoutARequest) {
  HttpClient silent(port());
  EXPECT_EQ(silent.read_to_end(), "");
  HttpClient once(port());
  once.send(request_text("GET", "/healthz"));
  EXPECT_EQ(once.read_answer().status, 200);
  EXPECT_EQ(once.read_to_end(), "");
}

class HttpRequestLimit : public HttpTimeLimits {
 protected:
  HttpRequestLimit() : HttpTimeLimits(limits(kLong, kShort, kLong)) {}
};

TEST_F(HttpRequestLimit, EndsAHeaderThatTakesTooLong) {
  HttpClient stuck(port());
  stuck.send("GET /healthz HTTP/1.1\r\n");
  EXPECT_EQ(stuck.read_to_end(), "");
}

TEST_F(HttpRequestLimit, CannotBeStretchedByATrickle) {
  HttpClient slow(port());
  slow.send("GET /healthz HTTP/1.1\r\nX: ");
  EXPECT_TRUE(test::eventually([&] {
    slow.send("x");
    return slow.ends_within(milliseconds(10));
  }));
}

class HttpWriteLimit : public HttpTimeLimits {
 protected:
  HttpWriteLimit() : HttpTimeLimits(limits(kLong, kLong, kShort)) {}
};

TEST_F(HttpWriteLimit, EndsAConnectionThatDoesNotReadItsAnswer) {
  metrics_bytes_ = 64 * 1024 * 1024;
  HttpClient deaf(port());
  deaf.send(request_text("GET", "/healthz"));
  EXPECT_EQ(deaf.read_answer().status, 200);
  const std::size_t before = test::count_descriptors();
  deaf.send(request_text("GET", "/metrics"));
  // Reading would let the server send, so the end of its descriptor is what can be seen.
  EXPECT_TRUE(test::eventually([&] { return test::count_descriptors() < before; }));
  EXPECT_LT(deaf.read_to_any_end().size(), metrics_bytes_);
}

TEST_F(HttpWriteLimit, IsAlsoHowLongTheKernelKeepsAnAnswerForAClientThatIsGone) {
  HttpClient client(port());
  client.send(request_text("GET", "/healthz"));
  EXPECT_EQ(client.read_answer().status, 200);
  EXPECT_EQ(test::int_option(test::descriptor_with_peer(client.local()), IPPROTO_TCP, TCP_USER_TIMEOUT),
            kShort.count());
}

class HttpLingerLimit : public HttpTimeLimits {
 protected:
  HttpLingerLimit() : HttpTimeLimits(limits(kLong, kLong, kLong)) {}
};

TEST_F(HttpLingerLimit, CannotBeStretchedByABodyThatTrickles) {
  HttpClient slow(port());
  slow.send("POST /healthz HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n");
  EXPECT_EQ(slow.read_answer().status, 405) << "before any of the body has come";
  const std::size_t before = test::count_descriptors();
  EXPECT_TRUE(test::eventually([&] {
    slow.send("x");
    return test::count_descriptors() < before;
  })) << "the server's end is gone while the client still sends";
}

class HttpDiscardLimit : public test::HttpFixture {
 protected:
  HttpDiscardLimit() : HttpFixture({.linger = std::chrono::minutes(1)}) {}
};

TEST_F(HttpDiscardLimit, IsAMebibyteAfterTheLastAnswer) {
  constexpr std::size_t kMebibyte = std::size_t{1024} * 1024;
  constexpr std::size_t kQueued = 16 * kMebibyte;  // what the two kernels' buffers may hold beside it
  HttpClient flood(port());
  flood.send("POST /healthz HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000000\r\n\r\n");
  EXPECT_EQ(flood.read_answer().status, 405);
  const std::string piece(65536, 'x');
  std::size_t sent = 0;
  while (sent < 4 * kQueued && !flood.is_broken()) {
    flood.send(piece);
    sent += piece.size();
  }
  EXPECT_GE(sent, kMebibyte);
  EXPECT_LT(sent, kMebibyte + kQueued);
}

TEST_F(HttpDiscardLimit, LetsAClientFinishWithLess) {
  HttpClient client(port());
  client.send("POST /healthz HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n");
  EXPECT_EQ(client.read_answer().status, 405);
  client.send(std::string(1'000'000, 'x'));
  EXPECT_EQ(client.read_to_end(), "");
}

}  // namespace
}  // namespace threadecho::http
