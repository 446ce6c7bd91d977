#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <thread>
#include <vector>

#include "support/echo_fixture.h"

namespace threadecho::test {
namespace {

using ::testing::HasSubstr;

class DescriptorExhaustion : public OverAllModels {};
INSTANTIATE_TEST_SUITE_P(, DescriptorExhaustion, all_models(), name_of_model);

/// Lowers the soft limit of descriptors so that exactly `free` are left, as long as it lives.
class DescriptorLimit {
 public:
  explicit DescriptorLimit(std::size_t free) {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    std::vector<net::Fd> held;
    for (std::size_t i = 0; i < free; ++i) {
      held.emplace_back(::dup(0));
    }
    rlimit lowered = before_;
    lowered.rlim_cur = static_cast<rlim_t>(held.empty() ? 3 : held.back().get() + 1);
    ::setrlimit(RLIMIT_NOFILE, &lowered);
  }
  ~DescriptorLimit() { ::setrlimit(RLIMIT_NOFILE, &before_); }
  DescriptorLimit(const DescriptorLimit&) = delete;
  DescriptorLimit& operator=(const DescriptorLimit&) = delete;

 private:
  rlimit before_{};
};

TEST_P(DescriptorExhaustion, IsCountedWaitedOutAndRecoveredFrom) {
  EchoServer server(test_settings());
  std::vector<TestClient> clients;
  clients.push_back(server.connect());
  EXPECT_EQ(clients.front().echo("before"), "before");
  const auto errors = [&] { return server.totals().accept_errors[echo::index_of(echo::AcceptError::kEmfile)]; };
  {
    const DescriptorLimit limit(1);  // for the client; none for the server's side
    clients.push_back(server.connect());
    ASSERT_TRUE(eventually([&] { return errors() >= 3; }));
    EXPECT_EQ(clients.front().echo("others go on"), "others go on");
    EXPECT_LT(errors(), 200) << "it must not spin";
    const std::uint64_t before = errors();
    std::this_thread::sleep_for(std::chrono::seconds(1));
    EXPECT_GE(errors() - before, 3U) << "with longer pauses it would not recover within a second";
  }
  EXPECT_EQ(clients.back().echo("recovered"), "recovered");
  EXPECT_THAT(server.log().text(), HasSubstr("cannot accept a client"));
  EXPECT_THAT(server.log().text(), HasSubstr("Too many open files"));
}

TEST_P(DescriptorExhaustion, LosesNoQueuedClientToAStopInThePause) {
  EchoServer server(test_settings());
  ASSERT_EQ(server.connect().echo("before"), "before");
  ASSERT_TRUE(server.has_active(0));
  std::vector<TestClient> clients;
  {
    const DescriptorLimit limit(1);
    clients.push_back(server.connect());
    ASSERT_TRUE(
        eventually([&] { return server.totals().accept_errors[echo::index_of(echo::AcceptError::kEmfile)] > 0; }));
  }
  clients.push_back(server.connect());  // there are descriptors again, but the acceptor pauses
  server.begin_drain_and_stop_accepting();
  for (const TestClient& client : clients) {
    EXPECT_EQ(client.echo("served"), "served");
  }
}

TEST_P(DescriptorExhaustion, IsNoErrorWhileNobodyWaits) {
  const EchoServer server(test_settings());
  const DescriptorLimit limit(2);  // the client's end and the server's, and then there are none
  const TestClient client = server.connect();
  EXPECT_EQ(client.echo("the last one"), "the last one");
  EXPECT_EQ(server.totals().accept_errors[echo::index_of(echo::AcceptError::kEmfile)], 0);
}

}  // namespace
}  // namespace threadecho::test
