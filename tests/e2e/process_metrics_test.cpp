#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include "support/process_facts.h"
#include "support/server_process.h"
#include "support/test_client.h"

namespace threadecho::test {
namespace {

double now_in_seconds() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

/// Names and labels of all series, without their values.
std::set<std::string> series_of(const std::string& exposition) {
  std::set<std::string> series;
  std::istringstream lines(exposition);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with('#')) {
      series.insert(line.substr(0, line.rfind(' ')));
    }
  }
  return series;
}

/// Whether the thread sleeps where a signal could wake it, as in recv: "S" in its stat, proc(5).
bool sleeps(pid_t process, pid_t thread) {
  std::ifstream file("/proc/" + std::to_string(process) + "/task/" + std::to_string(thread) + "/stat");
  std::string line;
  std::getline(file, line);
  return line.find(") S ") != std::string::npos;
}

TEST(ProcessMetrics, SayWhatProcSaysOfTheProgram) {
  const double before = now_in_seconds();
  ServerProcess server;
  server.wait_until_serving();
  constexpr double kOneSecond = 1;  // the machine's start is known in whole seconds
  EXPECT_GE(server.metric("process_start_time_seconds"), before - kOneSecond);
  EXPECT_LE(server.metric("process_start_time_seconds"), now_in_seconds());
  EXPECT_EQ(server.metric("process_threads"), static_cast<double>(count_threads("", server.pid())));
  const TestClient client(server.echo());
  EXPECT_EQ(client.echo("x"), "x");
  EXPECT_EQ(server.metric("process_threads"), static_cast<double>(count_threads("", server.pid())));
  EXPECT_NEAR(server.metric("process_resident_memory_bytes"), static_cast<double>(resident_bytes(server.pid())),
              4 * 1024 * 1024);
  EXPECT_GT(server.metric("process_cpu_seconds_total"), 0);
}

TEST(ProcessMetrics, HaveNoMoreSeriesHoweverManyClientsCameAndWent) {
  ServerProcess server(
      {.arguments = {}, .environment = {{"MAX_CONNECTIONS", "20"}, {"LOG_LEVEL", "debug"}}, .env_file = {}});
  server.wait_until_serving();
  const std::set<std::string> at_start = series_of(server.get("/metrics"));
  EXPECT_GT(at_start.size(), 50U);
  for (int i = 0; i < 300; ++i) {
    TestClient client(server.echo());
    ASSERT_EQ(client.echo("hello"), "hello");
    if (i % 3 == 0) {
      client.reset();
    }
    client.close();
    ASSERT_TRUE(eventually([&] { return server.metric("threadecho_connections_active") < 20; }));
  }
  EXPECT_TRUE(eventually([&] { return server.metric("threadecho_connections_active") == 0; }));
  EXPECT_EQ(server.metric("threadecho_connections_accepted_total"), 300);
  EXPECT_EQ(series_of(server.get("/metrics")), at_start);
}

/// As the lesson says, a thread that blocks in recv costs one context switch a message. The test sends each message
/// once the thread sleeps, so that the thread must wait for every message.
TEST(ProcessMetrics, CountOneVoluntarySwitchForEachMessageOfAThread) {
  constexpr int kMessages = 200;
  ServerProcess server;
  server.wait_until_serving();
  const TestClient client(server.echo());
  ASSERT_EQ(client.echo("warm up"), "warm up");
  const std::vector<pid_t> threads = threads_of("echo-", server.pid());
  ASSERT_EQ(threads.size(), 1U);

  const auto told = [&] { return server.metric(R"(threadecho_context_switches_total{kind="voluntary"})"); };
  const auto shown = [&](const char* name) {
    return static_cast<double>(context_switches(name, server.pid()).voluntary);
  };
  ASSERT_TRUE(eventually([&] { return sleeps(server.pid(), threads.front()); }));
  const double of_thread_before = shown("echo-");
  const double shown_before = shown("");
  const double told_before = told();
  for (int i = 0; i < kMessages; ++i) {
    ASSERT_EQ(client.echo("message"), "message");
    ASSERT_TRUE(eventually([&] { return sleeps(server.pid(), threads.front()); }));
  }
  const double of_thread = shown("echo-") - of_thread_before;
  const double told_difference = told() - told_before;
  EXPECT_GE(of_thread, kMessages);
  EXPECT_LE(of_thread, 1.1 * kMessages);  // a page to wait for, at most
  EXPECT_GE(told_difference, of_thread);
  EXPECT_LE(told_difference, shown("") - shown_before);
}

}  // namespace
}  // namespace threadecho::test
