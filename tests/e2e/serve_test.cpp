#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <unistd.h>

#include <filesystem>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "support/http_client.h"
#include "support/process_facts.h"
#include "support/server_process.h"
#include "support/test_client.h"
#include "support/thread_models.h"

namespace threadecho::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// Opens this many connections and echoes something over each.
void hold(const ServerProcess& server, std::size_t count, std::vector<TestClient>& clients) {
  for (std::size_t i = 0; i < count; ++i) {
    clients.emplace_back(server.echo());
    ASSERT_EQ(clients.back().echo("x"), "x");
  }
}

TEST(Serve, EchoesCountsAndStopsWithoutALoss) {
  ServerProcess server;
  server.wait_until_serving();
  std::vector<TestClient> clients;
  for (int i = 0; i < 10; ++i) {
    clients.emplace_back(server.echo());
    EXPECT_EQ(clients.back().echo("hello"), "hello");
  }
  EXPECT_TRUE(eventually([&] { return server.metric("threadecho_echoed_bytes_total") == 50; }));
  EXPECT_EQ(server.metric("threadecho_active_threads"), 10);
  EXPECT_EQ(count_threads("echo-", server.pid()), 10U);
  EXPECT_EQ(server.get("/healthz").substr(0, 2), "ok");
  clients.clear();
  EXPECT_TRUE(eventually([&] { return server.metric("threadecho_active_threads") == 0; }));
  EXPECT_EQ(server.metric(R"(threadecho_connections_closed_total{reason="client_closed"})"), 10);

  server.signal(SIGTERM);
  EXPECT_EQ(server.wait(), 0);
  EXPECT_EQ(server.errors(), "");
  EXPECT_THAT(server.output(), HasSubstr("stopped"));
}

TEST(Serve, WorksThroughTheRequestsOfAllClientsWithAPool) {
  ServerProcess server({.arguments = {"--thread-model", "pool", "--pool-threads", "2", "--sched-policy", "batch"},
                        .environment = {},
                        .env_file = {}});
  server.wait_until_serving();
  std::vector<TestClient> clients;
  hold(server, 10, clients);
  EXPECT_EQ(server.metric("threadecho_active_threads"), 2);
  EXPECT_EQ(server.metric("threadecho_connections_active"), 10);
  const auto workers = threads_of("pool-", server.pid());
  ASSERT_EQ(workers.size(), 2U);
  EXPECT_EQ(::sched_getscheduler(workers.front()), SCHED_BATCH);
  EXPECT_THAT(server.get("/metrics"), HasSubstr("threadecho_info{thread_model=\"pool\",sched_policy=\"batch\"} 1"));
  EXPECT_THAT(server.get("/config"), HasSubstr("\"value\": \"2\""));
  server.signal(SIGTERM);
  clients.clear();
  EXPECT_EQ(server.wait(), 0);
}

TEST(Serve, HoldsAThousandIdleClientsInTenKibibytesEach) {
#ifdef THREADECHO_SANITIZED
  GTEST_SKIP() << "a sanitizer's shadow memory is not the server's";
#endif
  constexpr std::size_t kClients = 1000;
  constexpr std::size_t kMostBytesEach = 10 * 1024;
  ServerProcess server;
  server.wait_until_serving();
  EXPECT_EQ(TestClient(server.echo()).echo("warm up"), "warm up");
  EXPECT_TRUE(eventually([&] { return server.metric("threadecho_active_threads") == 0; }));
  const std::size_t before = resident_bytes(server.pid());

  std::vector<TestClient> clients;
  hold(server, kClients, clients);
  EXPECT_EQ(server.metric("threadecho_active_threads"), kClients);
  EXPECT_EQ(count_threads("echo-", server.pid()), kClients);
  const std::size_t held = resident_bytes(server.pid());
  EXPECT_LE((held - before) / kClients, kMostBytesEach);

  clients.clear();
  EXPECT_TRUE(eventually([&] { return server.metric("threadecho_active_threads") == 0; }));
  EXPECT_TRUE(eventually([&] { return count_threads("echo-", server.pid()) == 0; }));
  hold(server, kClients, clients);
  EXPECT_LE(resident_bytes(server.pid()), held + held / 5)
      << "memory of ended connections is used again; a stack used before may have one page more, from its last line";
}

TEST(Serve, AnswersHttpWhileItIsFull) {
  ServerProcess server({.arguments = {"--max-connections", "5"}, .environment = {}, .env_file = {}});
  server.wait_until_serving();
  std::vector<TestClient> clients;
  for (int i = 0; i < 5; ++i) {
    clients.emplace_back(server.echo());
    EXPECT_EQ(clients.back().echo("x"), "x");
  }
  EXPECT_EQ(TestClient(server.echo()).receive_rest().error_number, 0);
  EXPECT_EQ(http_get(server.http_port(), "/healthz").status, 200);
  const HttpAnswer ready = http_get(server.http_port(), "/readyz");
  EXPECT_EQ(ready.status, 503);
  EXPECT_THAT(ready.body, HasSubstr("5 connections"));
  EXPECT_EQ(server.metric("threadecho_ready"), 0);
  EXPECT_EQ(server.metric(R"(threadecho_connections_rejected_total{reason="max_connections"})"), 1);
}

TEST(Serve, ShowsEverySeriesFromTheStart) {
  ServerProcess server;
  server.wait_until_serving();
  for (const char* series :
       {"threadecho_active_threads", "threadecho_echoed_bytes_total", "threadecho_received_bytes_total",
        "threadecho_receives_total", "threadecho_connections_active", "threadecho_connections_accepted_total",
        R"(threadecho_connections_rejected_total{reason="thread_limit"})",
        R"(threadecho_connections_closed_total{reason="drain_forced"})",
        R"(threadecho_faults_injected_total{fault="corrupt"})", "threadecho_faults_active",
        R"(threadecho_accept_errors_total{error="EMFILE"})", "threadecho_draining",
        "threadecho_log_lines_dropped_total", "threadecho_connection_duration_seconds_count",
        "threadecho_echo_duration_seconds_count", "threadecho_thread_start_seconds_count"}) {
    EXPECT_EQ(server.metric(series), 0) << series;
  }
  EXPECT_EQ(server.metric("threadecho_ready"), 1);
  EXPECT_GE(server.metric("threadecho_connections_limit"), 1);
  const std::string text = server.get("/metrics");
  EXPECT_THAT(text, HasSubstr("threadecho_build_info{version=\""));
  EXPECT_THAT(text, HasSubstr("threadecho_info{thread_model=\"per-connection\",sched_policy=\"other\"} 1"));
}

TEST(Serve, SurvivesALimitOfTasksAndRecoversFromIt) {
  ServerProcess server({.arguments = {}, .environment = {}, .env_file = {}, .unprivileged = true});
  server.wait_until_serving();
  const TestClient before(server.echo());
  EXPECT_EQ(before.echo("before"), "before");

  server.limit_tasks(0);
  for (int i = 0; i < 5; ++i) {
    const auto rest = TestClient(server.echo()).receive_rest();
    EXPECT_EQ(rest.error_number, 0) << "refused with an end of file";
    EXPECT_EQ(rest.bytes, "");
  }
  EXPECT_EQ(server.metric(R"(threadecho_connections_rejected_total{reason="thread_limit"})"), 5);
  EXPECT_EQ(before.echo("during"), "during");
  EXPECT_EQ(server.metric("threadecho_connections_limit"), 1) << "what was reached";
  EXPECT_EQ(http_get(server.http_port(), "/readyz").status, 503);

  server.limit_tasks(std::nullopt);
  {
    const TestClient after(server.echo());
    EXPECT_EQ(after.echo("after"), "after");
    EXPECT_TRUE(eventually([&] { return server.metric("threadecho_connections_limit") >= 2; }));
  }
  EXPECT_TRUE(eventually([&] { return http_get(server.http_port(), "/readyz").status == 200; }));
}

TEST(Serve, TalksToOneClientAtATimeWithABlockingPoolOfOne) {
  ServerProcess server(
      {.arguments = {"--thread-model", "blocking-pool", "--pool-threads", "1"}, .environment = {}, .env_file = {}});
  server.wait_until_serving();
  TestClient first(server.echo());
  EXPECT_EQ(first.echo("first"), "first");
  EXPECT_EQ(server.metric("threadecho_connections_waiting"), 0);
  const TestClient second(server.echo());
  second.send("second");
  EXPECT_TRUE(eventually([&] { return server.metric("threadecho_connections_waiting") == 1; }));
  EXPECT_EQ(server.metric("threadecho_connections_active"), 2);
  EXPECT_EQ(server.metric("threadecho_active_threads"), 1);
  EXPECT_THAT(server.get("/connections"), HasSubstr("\"state\": \"waiting\""));
  EXPECT_THAT(server.get("/metrics"), HasSubstr("threadecho_info{thread_model=\"blocking-pool\""));
  EXPECT_EQ(first.echo("first again"), "first again");
  first.close();
  EXPECT_EQ(second.receive(6), "second");
  EXPECT_EQ(server.metric("threadecho_connections_waiting"), 0);
}

TEST(Serve, ReadsSettingsFromFlagEnvironmentAndEnvFileInThisOrder) {
  ServerProcess server({.arguments = {"--max-connections", "11"},
                        .environment = {{"MAX_CONNECTIONS", "22"}, {"DRAIN_TIMEOUT", "7s"}},
                        .env_file = "MAX_CONNECTIONS=33\nDRAIN_TIMEOUT=3s\nexport IDLE_TIMEOUT='5m'  # a comment\n"});
  server.wait_until_serving();
  EXPECT_EQ(server.metric("threadecho_connections_limit"), 11);
  const std::string config = server.get("/config");
  EXPECT_THAT(config, HasSubstr("\"7s\""));
  EXPECT_THAT(config, HasSubstr("\"5m\""));
}

TEST(Serve, LeavesEchoThreadsTheUsualPolicyUntilToldOtherwise) {
  for (const std::string& model : all_thread_models) {
    ServerProcess server({.arguments = {"--thread-model", model}, .environment = {}, .env_file = {}});
    server.wait_until_serving();
    const TestClient client(server.echo());
    EXPECT_EQ(client.echo("x"), "x");
    const auto threads = threads_of(thread_names_of(model), server.pid());
    ASSERT_FALSE(threads.empty());
    EXPECT_EQ(::sched_getscheduler(threads.front()), ::sched_getscheduler(0)) << model;
  }
}

TEST(Serve, RunsEchoThreadsUnderTheBatchPolicyWhenTold) {
  ServerProcess server({.arguments = {"--sched-policy", "batch"}, .environment = {}, .env_file = {}});
  server.wait_until_serving();
  const TestClient client(server.echo());
  EXPECT_EQ(client.echo("x"), "x");
  const auto threads = threads_of("echo-", server.pid());
  ASSERT_EQ(threads.size(), 1U);
  EXPECT_EQ(::sched_getscheduler(threads.front()), SCHED_BATCH);
}

TEST(Serve, GivesNoClientAStandardDescriptorThatWasClosed) {
  ServerProcess server({.arguments = {}, .environment = {}, .env_file = {}, .closed = {STDIN_FILENO, STDERR_FILENO}});
  server.wait_until_serving();
  const TestClient client(server.echo());
  EXPECT_EQ(client.echo("x"), "x");
  for (const int fd : {STDIN_FILENO, STDERR_FILENO}) {
    EXPECT_EQ(std::filesystem::read_symlink("/proc/" + std::to_string(server.pid()) + "/fd/" + std::to_string(fd)),
              "/dev/null");
  }
}

TEST(Serve, StartsAgainAtOnceOnThePortOfTheOneBefore) {
  ServerProcess first({.arguments = {"--drain-timeout", "0s"}, .environment = {}, .env_file = {}});
  first.wait_until_serving();
  TestClient client(first.echo());
  EXPECT_EQ(client.echo("x"), "x");
  const std::string port = std::to_string(first.echo().port());
  first.signal(SIGTERM);  // ends the connection from the server's side: TIME_WAIT stays with its port
  EXPECT_EQ(client.receive_rest().error_number, 0);
  client.close();
  EXPECT_EQ(first.wait(), 0);

  ServerProcess second({.arguments = {"--port", port}, .environment = {}, .env_file = {}});
  second.wait_until_serving();
  EXPECT_EQ(TestClient(second.echo()).echo("again"), "again");
}

TEST(Serve, SaysClearlyThatAPortIsTaken) {
  ServerProcess first;
  first.wait_until_serving();
  const std::string port = std::to_string(first.echo().port());
  ServerProcess second({.arguments = {"--port", port}, .environment = {}, .env_file = {}});
  EXPECT_EQ(second.wait(), 3);
  EXPECT_EQ(second.errors(), "threadecho: cannot listen on [::]:" + port +
                                 " (PORT): Address already in use; another process has the port (`ss -ltnp 'sport = :" +
                                 port + "'` shows it): stop it, or set PORT to another one\n");
  ServerProcess third(
      {.arguments = {"--http-port", std::to_string(first.http_port())}, .environment = {}, .env_file = {}});
  EXPECT_EQ(third.wait(), 3);
  EXPECT_THAT(third.errors(), HasSubstr("(HTTP_PORT): Address already in use"));
}

TEST(Serve, LogsTheOpeningOfATalkingClientOnceAndNothingOfASilentOneAtInfo) {
  ServerProcess server;
  server.wait_until_serving();
  TestClient(server.echo()).close();
  EXPECT_TRUE(
      eventually([&] { return server.metric(R"(threadecho_connections_closed_total{reason="client_closed"})") == 1; }));
  EXPECT_EQ(TestClient(server.echo()).echo("hello"), "hello");
  server.signal(SIGTERM);
  EXPECT_EQ(server.wait(), 0);
  const std::string text = server.output();
  const auto opened = text.find("info  connection opened id=2");
  EXPECT_NE(opened, std::string::npos) << text;
  EXPECT_EQ(text.find("connection opened"), text.rfind("connection opened")) << text;
}

TEST(Serve, ReportsEveryBadSettingInOneGo) {
  ServerProcess server({.arguments = {"--port", "70000", "--idle-timeout=soon"},
                        .environment = {{"BUFFER_SIZE", "huge"}, {"THREAD_MODEL", "fibres"}},
                        .env_file = "LOG_LEVEL=loud\n",
                        .free_ports = false});
  EXPECT_EQ(server.wait(), 2);
  EXPECT_EQ(server.output(), "");
  for (const char* part : {"PORT", "70000", "65535", "IDLE_TIMEOUT", "soon", "BUFFER_SIZE", "huge", "THREAD_MODEL",
                           "fibres", "per-connection", "LOG_LEVEL", "loud", ".env"}) {
    EXPECT_THAT(server.errors(), HasSubstr(part));
  }
}

TEST(Serve, NamesAVariableThatKubernetesInjected) {
  ServerProcess server({.arguments = {},
                        .environment = {{"PORT", "tcp://10.0.0.1:80"}, {"HTTP_PORT", "0"}},
                        .env_file = {},
                        .free_ports = false});
  EXPECT_EQ(server.wait(), 2);
  EXPECT_THAT(server.errors(), HasSubstr("tcp://10.0.0.1:80"));
  EXPECT_THAT(server.errors(), HasSubstr("Kubernetes"));
}

TEST(Serve, SaysWhichPodItIsWhereKubernetesTellsIt) {
  ServerProcess server(
      {.arguments = {},
       .environment = {{"POD_NAME", "threadecho-7d9f-x2x"}, {"POD_NAMESPACE", "demo"}, {"NODE_NAME", "node-3"}},
       .env_file = {}});
  server.wait_until_serving();
  EXPECT_THAT(server.output(), HasSubstr("running in a pod pod=threadecho-7d9f-x2x namespace=demo node=node-3\n"));
  EXPECT_THAT(server.get("/version"), HasSubstr("threadecho-7d9f-x2x"));

  ServerProcess elsewhere;
  elsewhere.wait_until_serving();
  EXPECT_THAT(elsewhere.output(), Not(HasSubstr("running in a pod")));
}

}  // namespace
}  // namespace threadecho::test
