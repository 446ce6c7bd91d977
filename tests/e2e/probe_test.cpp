#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netdb.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "cli/commands.h"
#include "support/process_facts.h"
#include "support/scripted_server.h"
#include "support/server_process.h"
#include "support/terminal.h"
#include "support/test_client.h"

namespace threadecho::test {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;

TEST(ProbeCommand, PrintsWhatPingDoes) {
  ServerProcess server;
  server.wait_until_serving();
  for (const std::string address : {"127.0.0.1", "::1"}) {
    if (address == "::1" && !has_ipv6_loopback()) {
      GTEST_SKIP() << "this host has no ::1; with 127.0.0.1 it does";
    }
    const std::string target = server.echo(address).to_string();
    const EndedProgram probe = run_program({"probe", target, "--count", "3", "--interval", "1ms"});
    EXPECT_EQ(probe.status, 0) << probe.errors;
    EXPECT_EQ(probe.errors, "");
    EXPECT_THAT(probe.output, HasSubstr("PROBE " + target));
    EXPECT_THAT(probe.output, HasSubstr("(" + target + "), 64 bytes a message\n"));
    EXPECT_THAT(probe.output, HasSubstr("64 bytes from " + target + ": seq=3 time="));
    EXPECT_THAT(probe.output, HasSubstr("--- " + target + " echo statistics ---\n"));
    EXPECT_THAT(probe.output, HasSubstr("3 messages sent, 3 echoed, 0% loss"));
    EXPECT_THAT(probe.output, HasSubstr("connected to " + target + " from "));
    EXPECT_THAT(probe.output, ContainsRegex("\nround trip +[0-9.]+ [um]s +[0-9.]+ [um]s +- +- +- +[0-9.]+ [um]s\n"));
  }
}

TEST(ProbeCommand, ResolvesNames) {
  addrinfo* found = nullptr;
  if (::getaddrinfo("localhost", nullptr, nullptr, &found) != 0) {
    GTEST_SKIP() << "this host does not know localhost: it has no /etc/hosts";
  }
  ::freeaddrinfo(found);
  ServerProcess server;
  server.wait_until_serving();
  const std::string target = "localhost:" + std::to_string(server.echo().port());
  EXPECT_EQ(run_program({"probe", target, "--count", "1"}).status, 0);
}

TEST(ProbeCommand, ChecksTheHalfClose) {
  ServerProcess server;
  server.wait_until_serving();
  const std::string target = server.echo().to_string();
  const EndedProgram probe =
      run_program({"probe", target, "--count", "2", "--interval=0s", "--size", "1MiB", "--half-close", "--json"});
  EXPECT_EQ(probe.status, 0) << probe.errors;
  const auto json = nlohmann::json::parse(probe.output);
  EXPECT_EQ(json["target"], target);
  EXPECT_EQ(json["echoed"], 2);
  EXPECT_EQ(json["messages"].size(), 2U);
  EXPECT_GT(json["latency"]["min_seconds"], 0);
  EXPECT_GT(json["half_close"]["duration_seconds"], 0);
  EXPECT_EQ(json["status"], 0);
}

TEST(ProbeCommand, TellsFailuresApartByStatusAndWords) {
  const UnusedPort unused;
  const EndedProgram refused = run_program({"probe", unused.endpoint().to_string()});
  EXPECT_EQ(refused.status, 10);
  EXPECT_EQ(refused.errors, "threadecho probe: " + unused.endpoint().to_string() + " refused the connection\n");

  const EndedProgram nameless = run_program({"probe", "unknown.invalid:7", "--json"});
  EXPECT_EQ(nameless.status, 16);
  EXPECT_EQ(nameless.errors, "");
  EXPECT_EQ(nlohmann::json::parse(nameless.output)["error"]["kind"], "name_not_found");

  const ScriptedServer closing([](int client) { write_all(client, read_exactly(client, 64).substr(0, 9)); });
  const EndedProgram closed =
      run_program({"probe", closing.endpoint().to_string(), "--count", "2", "--interval", "0s"});
  EXPECT_EQ(closed.status, 14);
  EXPECT_THAT(closed.output, HasSubstr("lost: seq=2: the server closed early, after 9 of 64 bytes\n"));
  EXPECT_THAT(closed.output, HasSubstr("2 messages sent, 0 echoed, 100% loss"));
}

TEST(ProbeCommand, PrintsTheTimeOfEachLineOrNoLines) {
  ServerProcess server;
  server.wait_until_serving();
  const std::string target = server.echo().to_string();
  const EndedProgram timed = run_program({"probe", target, "--count", "1", "--timestamps"});
  EXPECT_THAT(timed.output, ContainsRegex("\n20[0-9-]+T[0-9:]+[.][0-9][0-9][0-9]Z 64 bytes from "));
  const EndedProgram quiet = run_program({"probe", target, "--count", "1", "--quiet"});
  EXPECT_THAT(quiet.output, ::testing::StartsWith("--- " + target + " echo statistics ---\n1 message sent"));
}

TEST(ProbeCommand, ColoursFailuresOnATerminalOnly) {
  const ScriptedServer closing([](int client) { read_exactly(client, 64); });
  const std::vector<std::string> arguments = {"probe", closing.endpoint().to_string(), "--count", "1"};
  EXPECT_THAT(run_program(arguments).output, ::testing::Not(HasSubstr("\x1b")));
  Terminal terminal(arguments, 80);
  EXPECT_EQ(terminal.wait(), 14);
  EXPECT_THAT(terminal.output(), HasSubstr("\x1b[31mlost: seq=1"));
  ::setenv("NO_COLOR", "1", 1);  // NOLINT(concurrency-mt-unsafe): the terminal's program gets this environment
  Terminal plain(arguments, 80);
  ::unsetenv("NO_COLOR");  // NOLINT(concurrency-mt-unsafe)
  EXPECT_EQ(plain.wait(), 14);
  EXPECT_THAT(plain.output(), ::testing::Not(HasSubstr("\x1b")));
}

TEST(ProbeCommand, KeepsToTheColumnsThatItHas) {
  const UnusedPort unused;
  ServerProcess probe(
      {.arguments = {"probe", "localhost:" + std::to_string(unused.endpoint().port()), "--wait", "60ms"},
       .environment = {{"COLUMNS", "40"}},
       .env_file = {}});
  probe.wait();
  std::istringstream lines(probe.output());
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(line.size(), 40U) << line;
  }
}

TEST(ProbeCommand, WritesJsonWhateverGoesWrong) {
  const EndedProgram misused = run_program({"probe", "localhost", "--json"});
  EXPECT_EQ(misused.status, 2);
  EXPECT_EQ(nlohmann::json::parse(misused.output)["error"]["kind"], "usage");
  const UnusedPort unused;
  const EndedProgram refused = run_program({"probe", unused.endpoint().to_string(), "--json"});
  EXPECT_EQ(refused.status, 10);
  EXPECT_EQ(nlohmann::json::parse(refused.output)["error"]["kind"], "refused");
}

TEST(ProbeCommand, WaitsForATargetThatIsNotThereYet) {
  const UnusedPort reserved;  // so that no other test gets this port
  const std::string port = std::to_string(reserved.endpoint().port());
  const std::string target = "127.77.0.1:" + port;
  ServerProcess probe(
      {.arguments = {"probe", target, "--count", "1", "--wait", "1h"}, .environment = {}, .env_file = {}});
  ASSERT_TRUE(eventually([&] { return probe.output().find("waiting: " + target + " refused") != std::string::npos; }));
  ServerProcess server(
      {.arguments = {"--port", port, "--bind-address", "127.77.0.1"}, .environment = {}, .env_file = {}});
  EXPECT_EQ(probe.wait(), 0) << probe.output() << probe.errors();
}

TEST(ProbeCommand, EndsEarlyWithItsSummary) {
  ServerProcess server;
  server.wait_until_serving();
  ServerProcess probe({.arguments = {"probe", server.echo().to_string(), "--count", "0", "--interval", "1h"},
                       .environment = {},
                       .env_file = {}});
  ASSERT_TRUE(eventually([&] { return probe.output().find("seq=1") != std::string::npos; })) << probe.errors();
  probe.signal(SIGINT);
  EXPECT_EQ(probe.wait(), 0);
  EXPECT_THAT(probe.output(), HasSubstr("1 message sent, 1 echoed"));
}

TEST(ProbeCommand, EndsEarlyBeforeTheFirstEcho) {
  const ScriptedServer silent(&read_to_end);
  ServerProcess probe(
      {.arguments = {"probe", silent.endpoint().to_string(), "--timeout", "1h"}, .environment = {}, .env_file = {}});
  ASSERT_TRUE(eventually([&] { return probe.output().find("connected") != std::string::npos; })) << probe.errors();
  probe.signal(SIGTERM);
  const int status = probe.wait();
  const bool is_cut_short = probe.output().find("1 message sent, 0 echoed, 1 unanswered, 0% loss") != std::string::npos;
  EXPECT_TRUE(is_cut_short || probe.output().find("lost: echo_timeout ") != std::string::npos) << probe.output();
  EXPECT_EQ(status, is_cut_short ? 128 + SIGTERM : 12) << "a connection is silent after a second";
}

TEST(ProbeCommand, CountsWhatASilentServerKeptWhenItIsInterrupted) {
  const ScriptedServer silent([](int client) {
    write_all(client, read_exactly(client, 3 * 64UL));
    read_to_end(client);
  });
  ServerProcess probe({.arguments = {"probe", silent.endpoint().to_string(), "--count", "0", "--interval", "50ms"},
                       .environment = {},
                       .env_file = {}});
  ASSERT_TRUE(eventually([&] { return probe.output().find("seq=3") != std::string::npos; })) << probe.errors();
  std::this_thread::sleep_for(std::chrono::milliseconds(1500));  // the silence that it is to notice
  probe.signal(SIGINT);
  EXPECT_EQ(probe.wait(), 12);
  EXPECT_THAT(probe.output(), ContainsRegex("lost: seq=4: no echo within [0-9.]+ s, when a signal ended the probe"));
  EXPECT_THAT(probe.output(), HasSubstr("lost with the connection of seq=4"));
  EXPECT_THAT(probe.output(), HasSubstr(" sent, 3 echoed, "));
}

TEST(ProbeCommand, DoesNotBlameTheServerForAPauseOfItsOwn) {
  ServerProcess server;
  server.wait_until_serving();
  ServerProcess probe(
      {.arguments = {"probe", server.echo().to_string(), "--count", "0", "--interval", "100ms", "--timeout", "2s"},
       .environment = {},
       .env_file = {}});
  ASSERT_TRUE(eventually([&] { return probe.output().find("seq=3") != std::string::npos; })) << probe.errors();
  // A stop that hits it at work, between two waits, has no line.
  ASSERT_TRUE(eventually([&] { return is_waiting(probe.pid()); }));
  probe.signal(SIGSTOP);
  std::this_thread::sleep_for(std::chrono::milliseconds(2500));  // longer than its timeout
  probe.signal(SIGCONT);
  ASSERT_TRUE(eventually([&] { return probe.output().find("seq=28") != std::string::npos; })) << probe.output();
  probe.signal(SIGINT);
  EXPECT_EQ(probe.wait(), 0);
  EXPECT_THAT(probe.output(), HasSubstr(" 0% loss"));
  EXPECT_THAT(probe.output(), ContainsRegex("\nthis host did not run the probe for [0-9.]+ s\n"));
}

TEST(ProbeCommand, RefusesBadArgumentsInOneLine) {
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"probe"}, {"probe", "localhost"}, {"probe", "a:1", "--count", "many"}}) {
    const EndedProgram probe = run_program(arguments);
    EXPECT_EQ(probe.status, 2);
    EXPECT_EQ(probe.output, "");
    EXPECT_THAT(probe.errors, ::testing::MatchesRegex("threadecho probe: [^\n]+see threadecho probe --help.\n"));
  }
}

TEST(Commands, AreListedAndHaveHelpOfTheirOwn) {
  const EndedProgram help = run_program({"--help"});
  EXPECT_EQ(help.status, 0);
  for (const char* command : {"probe", "healthcheck", "load"}) {
    EXPECT_THAT(help.output, HasSubstr(std::string("\n  ") + command + " "));
    const EndedProgram own = run_program({command, "--help"});
    EXPECT_EQ(own.status, 0);
    EXPECT_THAT(own.output, HasSubstr(std::string("Usage: threadecho ") + command));
    EXPECT_EQ(run_program({"help", command}).output, own.output);
  }
  for (const std::vector<std::string>& same : {std::vector<std::string>{"help"},
                                               {"help", "serve"},
                                               {"help", "version"},
                                               {"serve", "--help"},
                                               {"help", "--help"},
                                               {"version", "--help"}}) {
    EXPECT_EQ(run_program(same).output, help.output);
  }
  EXPECT_EQ(run_program({"version"}).output, run_program({"--version"}).output);
  EXPECT_THAT(run_program({"version"}).output, ::testing::StartsWith("threadecho "));
}

TEST(Commands, ThatAreMistypedGetASuggestionOrAList) {
  const EndedProgram mistyped = run_program({"sreve"});
  EXPECT_EQ(mistyped.status, 2);
  EXPECT_EQ(mistyped.errors, "threadecho: unknown command \"sreve\"; did you mean serve? (see threadecho --help)\n");
  std::string all = "; commands: ";
  for (const cli::CommandSummary& command : cli::command_summaries()) {
    all.append(command.name).append(command.name == "version" ? " " : ", ");
  }
  EXPECT_THAT(run_program({"frob"}).errors, HasSubstr(all));
  EXPECT_THAT(run_program({"help", "prob"}).errors, HasSubstr("did you mean probe?"));
  EXPECT_EQ(run_program({"help", "prob"}).status, 2);
  EXPECT_THAT(run_program({"version", "now"}).errors, HasSubstr("unexpected argument \"now\""));
  EXPECT_THAT(run_program({"--port", "1", "probe"}).errors, HasSubstr("probe must come first"));
  EXPECT_THAT(run_program({"probe", "a:1", "--cuont", "3"}).errors, HasSubstr("\"--cuont\"; did you mean --count?"));
  EXPECT_THAT(run_program({"healthcheck", "--prot", "3"}).output, HasSubstr("\"--prot\"; did you mean --port?"));
}

}  // namespace
}  // namespace threadecho::test
