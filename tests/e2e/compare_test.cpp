#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "support/compare_process.h"
#include "support/eventually.h"
#include "support/process_facts.h"
#include "support/terminal.h"

namespace threadecho::test {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

const std::vector<std::string> for_ever = {"--duration", "1h"};

TEST(Compare, ShowsAllModelsInEightyColumns) {
  CompareProcess compare({"--clients", "8", "--duration", "500ms", "--pool-threads", "2", "--patience", "50ms"});
  ASSERT_EQ(compare.wait(), 0) << compare.errors();
  EXPECT_EQ(compare.errors(), "") << "no progress where there is no terminal";
  const std::string table = compare.output();
  EXPECT_THAT(table, StartsWith("Each thread model: 8 clients, 64 bytes a message, 500ms; both pools: 2 threads.\n"
                                "Machine: "));
  EXPECT_THAT(table, HasSubstr("Served at once: one at a time 1 of 8, blocking-pool 2 of 8."));
  EXPECT_THAT(table, HasSubstr("wait behind 8 silent clients"));
  EXPECT_THAT(table, Not(HasSubstr("\033"))) << "no colour";
  std::istringstream lines(table);
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(line.size(), 80U) << line;
  }
}

TEST(Compare, TakesColumnsForItsWidth) {
  CompareProcess compare({"--clients", "2", "--duration", "100ms", "--patience", "10ms"},
                         {.environment = {{"COLUMNS", "45"}}});
  ASSERT_EQ(compare.wait(), 0) << compare.errors();
  std::istringstream lines(compare.output());
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(line.size(), 45U) << line;
  }
}

TEST(Compare, MeasuresWhoIsServedAndWhoWaits) {
  CompareProcess compare(
      {"--clients", "8", "--duration", "1s", "--pool-threads", "2", "--patience", "200ms", "--json"});
  ASSERT_EQ(compare.wait(), 0) << compare.errors();
  const auto json = nlohmann::json::parse(compare.output());
  EXPECT_EQ(json.at("error"), nullptr);
  EXPECT_EQ(json.at("settings").at("clients"), 8);
  EXPECT_GE(json.at("machine").at("cores"), 1);
  struct Expected {
    const char* name;
    int served;
    bool waits_behind_one;
    bool waits_behind_all;
  };
  const std::vector<Expected> expected = {{"one at a time", 1, true, true},
                                          {"blocking-pool", 2, false, true},
                                          {"per-connection", 8, false, false},
                                          {"pool", 8, false, false}};
  ASSERT_EQ(json.at("models").size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const auto& model = json.at("models").at(i);
    SCOPED_TRACE(model.dump());
    EXPECT_EQ(model.at("name"), expected[i].name);
    EXPECT_EQ(model.at("clients_served"), expected[i].served);
    EXPECT_EQ(model.at("clients_waiting"), 8 - expected[i].served);
    EXPECT_GT(model.at("messages"), 0);
    EXPECT_GT(model.at("threads"), 2);
    EXPECT_EQ(model.at("waits").at(0).at("silent_clients"), 1);
    EXPECT_EQ(model.at("waits").at(1).at("silent_clients"), 8);
    const std::vector<bool> waits = {expected[i].waits_behind_one, expected[i].waits_behind_all};
    for (std::size_t place = 0; place < waits.size(); ++place) {
      const auto& wait = model.at("waits").at(place);
      EXPECT_EQ(wait.at("after_they_left_seconds").is_null(), wait.at("served_meanwhile").get<bool>());
      if (waits[place]) {
        EXPECT_EQ(wait.at("served_meanwhile"), false);
        EXPECT_GE(wait.at("waited_seconds"), 0.2);
        EXPECT_GT(wait.at("after_they_left_seconds"), 0);
      } else {
        EXPECT_GT(wait.at("waited_seconds"), 0);
      }
    }
  }
}

TEST(Compare, KeepsSettingsOfItsOwnFromTheServers) {
  const CompareProcess compare(
      for_ever, {.environment = {{"PORT", "1"}, {"MAX_CONNECTIONS", "1"}, {"LOG_LEVEL", "no level"}, {"KEPT", "yes"}},
                 .env_file = "THREAD_MODEL=nonsense\nHTTP_PORT=2\n"});
  const pid_t server = compare.child("serve");
  EXPECT_GT(compare.child("load"), 0);  // it serves
  const auto environment = environment_of(server);
  EXPECT_THAT(environment, Contains("KEPT=yes"));
  EXPECT_THAT(environment, Each(Not(StartsWith("PORT="))));
  EXPECT_THAT(arguments_of(server), Contains("--port=0"));
}

TEST(Compare, LeavesNoChildAfterASignal) {
  for (const int signal : {SIGINT, SIGTERM, SIGKILL, SIGHUP, SIGQUIT}) {
    SCOPED_TRACE(signal);
    CompareProcess compare(for_ever);
    const pid_t server = compare.child("serve");
    const pid_t load = compare.child("load");
    compare.signal(signal);
    EXPECT_EQ(compare.wait(), 128 + signal);
    EXPECT_TRUE(eventually([&] { return !is_running(server) && !is_running(load); }));
    EXPECT_EQ(compare.output(), "") << "nothing was compared";
  }
}

TEST(Compare, LeavesNoChildAfterItHasEnded) {
  CompareProcess compare({"--clients", "2", "--duration", "100ms", "--patience", "10ms"});
  const pid_t first = compare.child("serve");
  EXPECT_EQ(compare.wait(), 0) << compare.errors();
  EXPECT_FALSE(is_running(first));
  EXPECT_THAT(children_of(compare.pid()), ::testing::IsEmpty());
}

TEST(Compare, SaysWhyAServerDoesNotStart) {
  CompareProcess compare({"--json"}, {.clone3_error = EAGAIN});
  EXPECT_EQ(compare.wait(), 1);
  EXPECT_THAT(compare.errors(), StartsWith("threadecho compare: the server of one at a time does not start: "));
  EXPECT_EQ(std::ranges::count(compare.errors(), '\n'), 1) << compare.errors();
  const auto json = nlohmann::json::parse(compare.output());
  EXPECT_EQ(json.at("type"), "error");
  EXPECT_THAT(json.at("error").at("message").get<std::string>(), HasSubstr("cannot start a thread"));
}

TEST(Compare, SaysThatAServerWasKilled) {
  CompareProcess compare(for_ever);
  const pid_t server = compare.child("serve");
  EXPECT_GT(compare.child("load"), 0);
  ::kill(server, SIGKILL);
  EXPECT_EQ(compare.wait(), 1);
  EXPECT_EQ(compare.errors(), "threadecho compare: the server of one at a time has ended: it was ended by signal 9\n");
}

TEST(Compare, SaysThatItsLoadWasKilled) {
  CompareProcess compare(for_ever);
  ::kill(compare.child("load"), SIGKILL);
  EXPECT_EQ(compare.wait(), 1);
  EXPECT_EQ(compare.errors(), "threadecho compare: the load on one at a time failed: it was ended by signal 9\n");
}

TEST(CompareOnATerminal, ShowsItsProgressAndThenTheTableInColour) {
  Terminal terminal({"compare", "--clients", "2", "--duration", "100ms", "--patience", "10ms"}, 80);
  EXPECT_TRUE(terminal.shows("4 of 4: pool: 2 clients for 100ms", 1));
  EXPECT_EQ(terminal.wait(), 0);
  EXPECT_THAT(terminal.output(), HasSubstr("1 of 4: one at a time: starts"));
  EXPECT_THAT(terminal.output(), HasSubstr("\033[34m#"));
  EXPECT_THAT(screen_of(terminal.output()), StartsWith("Each thread model: 2 clients")) << "the line is gone";
}

TEST(CompareOnATerminal, LeavesNoChildAfterCtrlC) {
  for (const auto& [key, signal] : {std::pair("\x03", SIGINT), std::pair("\x1c", SIGQUIT)}) {
    Terminal terminal({"compare", "--duration", "1h"}, 80);
    EXPECT_TRUE(terminal.shows("64 clients for 1h", 1));
    const auto own = children_of(::getpid());
    ASSERT_EQ(own.size(), 1U);
    const auto children = children_of(own.front());
    EXPECT_FALSE(children.empty());
    terminal.type(key);
    EXPECT_EQ(terminal.wait(), 128 + signal);
    for (const pid_t child : children) {
      EXPECT_TRUE(eventually([&] { return !is_running(child); }));
    }
    EXPECT_EQ(screen_of(terminal.output()), "") << "nothing was compared, and the line is gone";
  }
}

}  // namespace
}  // namespace threadecho::test
