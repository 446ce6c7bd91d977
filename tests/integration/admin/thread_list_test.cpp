#include "admin/thread_list.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "support/echo_fixture.h"
#include "support/process_facts.h"

namespace threadecho::test {
namespace {

using nlohmann::json;

class ListOfThreads : public OverAllModels {
 protected:
  static json list(const EchoServer& server, std::size_t limit = admin::kMostThreadsShown) {
    auto& echo = const_cast<EchoServer&>(server).server();
    return json::parse(admin::threads_response(echo.connections(), echo.pool_thread_ids(), limit).body);
  }
  /// Threads that are there without clients.
  static std::size_t standing_threads() {
    if (GetParam() == config::ThreadModel::kPerConnection) {
      return 0;
    }
    return test_settings().pool_threads;
  }
  static std::uint64_t sum(const json& all, const char* name) {
    std::uint64_t total = all["others"][name];
    for (const json& thread : all["threads"]) {
      total += thread[name].get<std::uint64_t>();
    }
    return total;
  }
};
INSTANTIATE_TEST_SUITE_P(, ListOfThreads, all_models(), name_of_model);

TEST_P(ListOfThreads, ShowsAPoolWithoutClients) {
  EchoServer server(test_settings());
  ASSERT_TRUE(eventually([&] { return list(server)["threads"].size() == standing_threads(); }));
  const json all = list(server);
  EXPECT_EQ(all["total"], standing_threads());
  EXPECT_EQ(sum(all, "clients"), 0U);
  for (const json& thread : all["threads"]) {
    EXPECT_EQ(thread["peers"], json::array());
  }
}

TEST_P(ListOfThreads, NamesThreadsWithTheirClientsAndWhatTheyDid) {
  EchoServer server(test_settings());
  std::vector<TestClient> clients;
  std::vector<std::string> peers;
  for (const char* text : {"a", "bb", "ccc"}) {
    clients.push_back(server.connect());
    ASSERT_EQ(clients.back().echo(text), text);
    peers.push_back(clients.back().local().to_string());
  }
  ASSERT_TRUE(eventually([&] { return server.totals().echo_duration.count() == 3; }));
  // A thread is in the list once it has begun to run.
  const std::size_t threads = standing_threads() == 0 ? 3 : standing_threads();
  ASSERT_TRUE(eventually([&] { return list(server)["total"] == threads; }));
  const json all = list(server);
  EXPECT_EQ(sum(all, "clients"), 3U);
  EXPECT_EQ(sum(all, "messages"), 3U);
  EXPECT_EQ(sum(all, "received_bytes"), 6U);
  EXPECT_EQ(sum(all, "echoed_bytes"), 6U);
  EXPECT_EQ(sum(all, "stalled"), 0U);
  const auto ids = threads_of(thread_names());
  std::vector<std::string> named;
  for (const json& thread : all["threads"]) {
    EXPECT_TRUE(thread["name"].get<std::string>().starts_with(thread_names())) << thread;
    EXPECT_NE(std::ranges::find(ids, thread["tid"].get<pid_t>()), ids.end()) << thread;
    EXPECT_EQ(thread["peers"].size(), thread["clients"]);
    named.insert(named.end(), thread["peers"].begin(), thread["peers"].end());
  }
  EXPECT_TRUE(std::ranges::is_permutation(named, peers));
  EXPECT_TRUE(eventually([&] {
    return std::ranges::all_of(list(server)["threads"], [](const json& one) { return one["state"] == "waiting"; });
  }));
}

TEST_P(ListOfThreads, ShowsTheBusiestAndTheSumsOfTheOthers) {
  EchoServer server(test_settings());
  std::vector<TestClient> clients;
  for (const int messages : {1, 2, 4}) {
    clients.push_back(server.connect());
    for (int i = 0; i < messages; ++i) {
      ASSERT_EQ(clients.back().echo("x"), "x");
    }
  }
  ASSERT_TRUE(eventually([&] { return server.totals().echo_duration.count() == 7; }));
  const json all = list(server, 1);
  ASSERT_EQ(all["threads"].size(), 1U);
  EXPECT_EQ(all["others"]["threads"], all["total"].get<int>() - 1);
  EXPECT_EQ(sum(all, "messages"), 7U);
  EXPECT_GE(all["threads"][0]["messages"], all["others"]["messages"]);
}

TEST_P(ListOfThreads, NamesAtMostEightClientsOfAThread) {
  auto settings = test_settings();
  settings.pool_threads = is_pool() ? 1 : settings.pool_threads;
  EchoServer server(settings);
  std::vector<TestClient> clients;
  for (int i = 0; i < 20; ++i) {
    clients.push_back(server.connect());
  }
  ASSERT_TRUE(server.has_active(20));
  const json all = list(server);
  EXPECT_EQ(sum(all, "clients"), 20U);
  for (const json& thread : all["threads"]) {
    EXPECT_EQ(thread["peers"].size(), std::min<std::size_t>(8, thread["clients"]));
  }
}

TEST_P(ListOfThreads, TellsThatAClientDoesNotReadOrIsEnding) {
  EchoServer server(test_settings());
  const TestClient greedy(server.endpoint(), 4096, 4096);
  std::thread sender([&] { static_cast<void>(greedy.try_send(random_bytes(std::size_t{32} * 1024 * 1024, 7))); });
  EXPECT_TRUE(eventually([&] { return sum(list(server), "stalled") == 1; }));
  EXPECT_EQ(sum(list(server), "ending"), 0U);
  server.begin_drain_and_stop_accepting();
  server.server().end_connections();
  EXPECT_TRUE(eventually([&] { return sum(list(server), "ending") == 1 || server.totals().active == 0; }));
  ::shutdown(greedy.fd(), SHUT_RDWR);
  sender.join();
}

TEST(ThreadsOfABlockingPool, DoNotCountClientsThatWait) {
  auto settings = test_settings();
  settings.thread_model = config::ThreadModel::kBlockingPool;
  settings.pool_threads = 1;
  EchoServer server(settings);
  const TestClient served = server.connect();
  ASSERT_EQ(served.echo("x"), "x");
  const TestClient waiting = server.connect();
  ASSERT_TRUE(server.has(2, 1));
  auto& echo = server.server();
  const json all = json::parse(admin::threads_response(echo.connections(), echo.pool_thread_ids(), 200).body);
  EXPECT_EQ(all["total"], 1);
  EXPECT_EQ(all["threads"][0]["clients"], 1);
  EXPECT_EQ(all["threads"][0]["peers"], json({served.local().to_string()}));
}

/// Beyond what the kernel gives a thread for a number.
constexpr std::uint32_t kNoThread = 1U << 30U;

TEST(ThreadList, ReadsNothingOfMoreThanTwoHundredThreads) {
  std::vector<echo::ConnectionSnapshot> connections(1000);
  for (std::uint32_t i = 0; i < connections.size(); ++i) {
    connections[i].thread_id = kNoThread + i;
  }
  connections[999].thread_id = static_cast<std::uint32_t>(::gettid());
  connections[999].receives = 1;
  EXPECT_EQ(admin::parse_threads_query("/threads").value(), 200U);
  EXPECT_EQ(admin::parse_threads_query("/threads?limit=7").value(), 7U);
  const json all = json::parse(admin::threads_response(connections, {}, admin::kMostThreadsShown).body);
  EXPECT_EQ(all["total"], 1000);
  ASSERT_EQ(all["threads"].size(), 1U) << "the only one of this process";
  EXPECT_EQ(all["others"]["threads"], 999);
  EXPECT_EQ(all["others"]["clients"], 999);
}

TEST(ThreadList, ShowsThreadsAtWorkBeforeThoseThatWorkedLongAgo) {
  std::vector<echo::ConnectionSnapshot> connections(201);
  for (std::uint32_t i = 0; i < connections.size(); ++i) {
    connections[i].thread_id = kNoThread + i;
    connections[i].receives = 1'000'000;
    connections[i].idle = std::chrono::minutes(1);
  }
  connections[200].thread_id = static_cast<std::uint32_t>(::gettid());
  connections[200].receives = 1;
  connections[200].idle = std::chrono::milliseconds(10);
  const json all = json::parse(admin::threads_response(connections, {}, 1).body);
  ASSERT_EQ(all["threads"].size(), 1U) << "the one at work";
  EXPECT_EQ(all["threads"][0]["messages"], 1);
}

TEST(ThreadList, SaysWhatAQueryMayBe) {
  for (const char* query : {"limit=0", "limit=201", "limit=", "limit=x"}) {
    EXPECT_NE(admin::parse_threads_query(std::string("/threads?") + query).reason().find("allowed: 1 to 200"),
              std::string::npos)
        << query;
  }
  EXPECT_EQ(admin::parse_threads_query("/threads?sort=age").reason(), "sort='age'; allowed: limit");
}

}  // namespace
}  // namespace threadecho::test
