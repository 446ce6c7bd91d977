// `threadecho watch` against the real server, in every thread model: each way to lose a connection has its reason,
// place and outage, in the log, in metrics and in GET /targets.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <nlohmann/json.hpp>
#include <regex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "client/failure.h"
#include "support/eventually.h"
#include "support/faulty_server.h"
#include "support/http_client.h"
#include "support/scripted_server.h"
#include "support/server_process.h"
#include "support/test_client.h"
#include "support/thread_models.h"
#include "support/watcher.h"
#include "watch/watch_record.h"

namespace threadecho::test {
namespace {

using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

/// All losses of a target, of any reason.
double all_lost(const Watcher& watcher, const std::string& target) {
  double sum = 0;
  for (const client::FailureWords& words : client::kFailureKinds) {
    sum += watch::is_kind_of_watch(words.kind) ? watcher.lost(target, std::string(words.name)) : 0;
  }
  return sum;
}

class WatchedServer : public ::testing::TestWithParam<std::string> {
 protected:
  WatchedServer() {
    server_.wait_until_serving();
    target_ = server_.echo().to_string();
  }

  EndedProgram fault(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "fault");
    arguments.insert(arguments.end(), {"--at", "127.0.0.1:" + std::to_string(server_.http_port())});
    return run_program(arguments);
  }

  ServerProcess server_{{.arguments = {"--thread-model", GetParam(), "--pool-threads", "8", "--drain-timeout", "100ms"},
                         .environment = {{"FAULTS", "on"}},
                         .env_file = {}}};
  std::string target_;
};
INSTANTIATE_TEST_SUITE_P(, WatchedServer, ::testing::ValuesIn(all_thread_models), name_of_thread_model);

TEST_P(WatchedServer, LosesNothingWhileAllIsWell) {
  Watcher watcher({target_, "--connect-every", "100ms", "--idle", "200ms", "--timeout", "5s"});
  ASSERT_TRUE(watcher.becomes("up"));
  EXPECT_TRUE(eventually([&] { return watcher.path()["messages"]["ok"] >= 30; }));
  const auto path = watcher.path();
  EXPECT_EQ(path["messages"]["lost"], 0);
  EXPECT_EQ(path["messages"]["wrong"], 0);
  EXPECT_EQ(path["connections_lost"], 0);
  EXPECT_EQ(path["outage_seconds"], 0);
  EXPECT_EQ(path["last_loss"], nullptr);
  EXPECT_GT(path["round_trip_seconds"], 0);
  EXPECT_EQ(all_lost(watcher, target_), 0);
  EXPECT_GE(watcher.metric("threadecho_watch_connect_seconds_count{target=\"" + target_ + "\"}"), 3)
      << "lasting, idle and fresh";
  EXPECT_EQ(watcher.stop(), 0);
  EXPECT_TRUE(eventually([&] { return server_.metric("threadecho_connections_active") == 0; }));
  const double accepted = server_.metric("threadecho_connections_accepted_total");
  EXPECT_EQ(server_.metric("threadecho_connections_closed_total{reason=\"client_closed\"}"), accepted)
      << "the server saw an orderly end of each";
}

TEST_P(WatchedServer, TellsFaultsApart) {
  struct Row {
    const char* fault;
    const char* reason;
    const char* result;
  };
  Watcher watcher({target_});
  for (const Row& row : {Row{"reset", "reset", "lost"}, Row{"close", "closed_early", "lost"},
                         Row{"corrupt", "wrong_bytes", "wrong"}, Row{"stall", "echo_timeout", "lost"}}) {
    ASSERT_TRUE(watcher.becomes("up")) << row.fault;
    const auto before = watcher.path();
    ASSERT_EQ(fault({"add", row.fault, "--for", "1h"}).status, 0);
    ASSERT_TRUE(watcher.becomes("down")) << row.fault;
    const auto down = watcher.path();
    EXPECT_EQ(down["last_loss"]["reason"], row.reason) << row.fault;
    EXPECT_EQ(down["last_loss"]["connection"], "lasting");
    EXPECT_EQ(down["last_loss"]["place"], "waiting") << row.fault;
    EXPECT_EQ(down["last_loss"]["outage_seconds"], nullptr) << "it lasts";
    EXPECT_GT(down["last_loss"]["age_seconds"], 0);
    EXPECT_THAT(down["last_loss"]["local_address"].get<std::string>(), HasSubstr("127.0.0.1:"));
    EXPECT_EQ(watcher.lost(target_, row.reason), 1) << "its further attempts do not count";
    EXPECT_GT(down["messages"][row.result], before["messages"][row.result]) << row.fault;
    ASSERT_EQ(fault({"clear"}).status, 0);
    ASSERT_TRUE(watcher.becomes("up")) << row.fault;
    EXPECT_GT(watcher.path()["last_loss"]["outage_seconds"], 0);
  }
  EXPECT_EQ(watcher.path()["connections_lost"], 4);
  EXPECT_EQ(all_lost(watcher, target_), 4);
  EXPECT_GE(server_.metric("threadecho_connections_closed_total{reason=\"fault\"}"), 2);
  EXPECT_EQ(watcher.stop(), 1);
  EXPECT_THAT(watcher.output(),
              AllOf(ContainsRegex("warning connection lost target=" + target_ + " address=" + target_ +
                                  " connection=lasting place=waiting reason=reset error=\".*\" age_seconds=[0-9.e-]+ "
                                  "local_address=127.0.0.1:[0-9]+"),
                    ContainsRegex("info +connection back target=" + target_ + " address=" + target_ +
                                  " connection=lasting outage_seconds=[0-9.]+")));
}

TEST_P(WatchedServer, IsBackWhenItIsStartedAgain) {
  for (const int signal_number : {SIGKILL, SIGTERM}) {
    ServerProcess first({.arguments = {"--thread-model", GetParam(), "--drain-timeout", "100ms"}});
    first.wait_until_serving();
    const std::string target = first.echo().to_string();
    Watcher watcher({target});
    ASSERT_TRUE(watcher.becomes("up"));
    first.signal(signal_number);
    ASSERT_TRUE(watcher.becomes("down"));
    first.wait();
    const auto loss = watcher.path()["last_loss"];
    if (signal_number == SIGTERM) {
      EXPECT_EQ(loss["reason"], "closed_early");
    } else {  // the kernel resets a connection with bytes that the server has not read
      EXPECT_THAT(loss["reason"].get<std::string>(), AnyOf("closed_early", "reset"));
    }
    EXPECT_EQ(watcher.lost(target, loss["reason"].get<std::string>()), 1);
    EXPECT_TRUE(eventually([&] { return watcher.path()["messages"]["lost"] >= 3; })) << "slots without a connection";
    EXPECT_EQ(watcher.lost(target, "refused"), 0) << "the same outage";
    const ServerProcess second({.arguments = {"--port", std::to_string(first.echo().port())}});
    EXPECT_TRUE(watcher.becomes("up"));
    EXPECT_GT(watcher.path()["outage_seconds"], 0);
    EXPECT_EQ(watcher.stop(), 1);
  }
}

TEST_P(WatchedServer, TellsAStoppedServerFromADeadOne) {
  Watcher watcher({target_});
  ASSERT_TRUE(watcher.becomes("up"));
  server_.signal(SIGSTOP);
  ASSERT_TRUE(watcher.becomes("down"));
  EXPECT_EQ(watcher.path()["last_loss"]["reason"], "echo_timeout");
  EXPECT_EQ(watcher.path()["last_loss"]["place"], "waiting");
  EXPECT_GE(watcher.path()["outage_seconds"], 0.3) << "from the message that was not answered";
  server_.signal(SIGCONT);
  EXPECT_TRUE(watcher.becomes("up"));
  EXPECT_EQ(all_lost(watcher, target_), 1);
}

TEST_P(WatchedServer, LosesNothingWhileItsWatcherIsStopped) {
  Watcher watcher({target_, "--connect-every", "50ms", "--idle", "100ms"});
  ASSERT_TRUE(watcher.becomes("up"));
  watcher.signal(SIGSTOP);
  std::this_thread::sleep_for(std::chrono::seconds(1));  // more than three times its timeout
  watcher.signal(SIGCONT);
  const std::string late = "this host did not run the watcher in time";
  ASSERT_TRUE(eventually([&] { return watcher.output().find(late) != std::string::npos; }));
  const auto messages = watcher.path()["messages"]["ok"].get<int>();
  ASSERT_TRUE(eventually([&] { return watcher.path()["messages"]["ok"] >= messages + 10; }));
  EXPECT_EQ(watcher.path()["state"], "up");
  EXPECT_EQ(watcher.path()["messages"]["lost"], 0);
  EXPECT_EQ(all_lost(watcher, target_), 0);
}

TEST_P(WatchedServer, ShowsThatOnlyNewConnectionsAreRefused) {
  Watcher watcher({target_, "--connect-every", "100ms"});
  ASSERT_TRUE(watcher.becomes("up"));
  ASSERT_EQ(fault({"add", "refuse", "--for", "1h"}).status, 0);
  const std::string refusals = "threadecho_faults_injected_total{fault=\"refuse\"}";
  ASSERT_TRUE(eventually([&] { return server_.metric(refusals) >= 4; }));
  EXPECT_EQ(watcher.lost(target_, "closed_early"), 1) << "one outage of the fresh connection";
  const auto path = watcher.path();
  EXPECT_EQ(path["connections_lost"], 1);
  EXPECT_EQ(path["state"], "up");
  EXPECT_EQ(path["last_loss"]["connection"], "fresh");
  EXPECT_EQ(path["last_loss"]["outage_seconds"], 0) << "the path was not down";
  ASSERT_EQ(fault({"clear"}).status, 0);
  EXPECT_TRUE(eventually([&] { return watcher.output().find("connection back") != std::string::npos; }));
  const std::string log = watcher.output();
  EXPECT_EQ(log.find("connection lost"), log.rfind("connection lost")) << "one line for all of them";
  EXPECT_THAT(log, ContainsRegex("connection back .* connection=fresh "));
}

TEST(Watch, FindsWhatForgetsSilentConnections) {
  ServerProcess server({.arguments = {"--idle-timeout", "500ms"}});
  server.wait_until_serving();
  const std::string target = server.echo().to_string();
  Watcher watcher({target, "--idle", "1h"});
  ASSERT_TRUE(eventually([&] { return watcher.lost(target, "closed_early") == 1; }));
  const auto loss = watcher.path()["last_loss"];
  EXPECT_EQ(loss["connection"], "idle");
  EXPECT_EQ(loss["place"], "idle");
  EXPECT_GE(loss["age_seconds"], 0.4);
  EXPECT_EQ(watcher.path()["state"], "up");
  EXPECT_GE(server.metric("threadecho_connections_closed_total{reason=\"idle_timeout\"}"), 1);
}

TEST(Watch, CountsNothingAsAnEchoThatWasNotSent) {
  const FaultyServer surplus([](int fd, int /*number*/) {
    std::string bytes = read_some(fd);
    write_all(fd, bytes + "x");
    read_some(fd);
  });
  Watcher watcher({surplus.target()});
  ASSERT_TRUE(eventually([&] { return watcher.lost(surplus.target(), "wrong_bytes") >= 1; }));
  EXPECT_EQ(watcher.stop(), 1);
}

TEST(Watch, DoesNotFloodAServerThatClosesEachConnection) {
  std::atomic<int> connections{0};
  const FaultyServer closing([&](int fd, int /*number*/) {
    ++connections;
    write_all(fd, read_some(fd));
  });
  Watcher watcher({closing.target(), "--interval", "100ms"});
  ASSERT_TRUE(eventually([&] { return watcher.path()["connections_lost"] >= 5; }));
  const int before = connections;
  const auto began = std::chrono::steady_clock::now();
  ASSERT_TRUE(eventually([&] { return connections >= before + 5; }));
  EXPECT_GE(std::chrono::steady_clock::now() - began, std::chrono::milliseconds(300)) << "about one in an interval";
}

TEST(Watch, WaitsForATargetThatDoesNotExistYet) {
  const UnusedPort port;
  const std::string target = port.endpoint().to_string();
  Watcher watcher({target, "unknown.invalid:7", "--resolve-every", "100ms"});
  ASSERT_TRUE(watcher.becomes("down"));
  EXPECT_EQ(watcher.path()["last_loss"]["reason"], "refused");
  EXPECT_EQ(watcher.path()["last_loss"]["place"], "connecting");
  EXPECT_EQ(watcher.path()["last_loss"]["local_address"], nullptr);
  EXPECT_EQ(watcher.lost(target, "refused"), 1);
  ASSERT_TRUE(eventually([&] { return watcher.lost("unknown.invalid:7", "name_not_found") == 1; }));
  EXPECT_THAT(watcher.targets()[1]["error"].get<std::string>(), HasSubstr("name unknown.invalid not found"));
  EXPECT_EQ(watcher.metric("threadecho_watch_addresses{target=\"unknown.invalid:7\"}"), 0);
  EXPECT_EQ(watcher.get("/readyz"), "ready\n");
  EXPECT_EQ(watcher.stop(), 1);
}

TEST(Watch, ReadsItsTargetsAgainOnHangup) {
  ServerProcess server;
  server.wait_until_serving();
  const std::string one = server.echo("127.0.0.1").to_string();
  const std::string two = server.echo("127.0.0.2").to_string();
  const TemporaryDirectory directory;
  const std::string file = directory.write("targets", one + "\n");
  Watcher watcher({"--targets-file", file});
  ASSERT_TRUE(watcher.becomes("up"));
  directory.write("targets", two + "\n");
  watcher.signal(SIGHUP);
  ASSERT_TRUE(eventually([&] { return watcher.targets()[0]["target"] == two; }));
  ASSERT_TRUE(watcher.becomes("up"));
  EXPECT_THAT(watcher.get("/metrics"), Not(HasSubstr(one))) << "its series are gone";
  directory.write("targets", "wrong\n");
  watcher.signal(SIGHUP);
  EXPECT_TRUE(eventually([&] { return watcher.output().find("targets not reloaded") != std::string::npos; }));
  EXPECT_EQ(watcher.targets()[0]["target"], two) << "a wrong file changes nothing";
  EXPECT_EQ(watcher.stop(), 0);
}

TEST(Watch, SaysThatItsFileHasNoTargets) {
  const TemporaryDirectory directory;
  Watcher watcher({"--targets-file", directory.write("targets", "# none yet\n")});
  EXPECT_TRUE(eventually([&] { return watcher.output().find("no targets") != std::string::npos; }));
  EXPECT_TRUE(eventually([&] { return http_get(watcher.http_port(), "/readyz").status == 200; }));
  EXPECT_EQ(watcher.stop(), 0);
}

TEST(Watch, EndsOnHangupWithoutATargetsFile) {
  ServerProcess server;
  server.wait_until_serving();
  Watcher watcher({server.echo().to_string()});
  ASSERT_TRUE(watcher.becomes("up"));
  watcher.signal(SIGHUP);
  EXPECT_EQ(watcher.wait(), 0);
}

TEST(Watch, LabelsPathsWithTheNodeThatTheServerTells) {
  ServerProcess server({.environment = {{"POD_NAME", "echo-1"}, {"NODE_NAME", "blue"}}});
  server.wait_until_serving();
  const std::string target = server.echo().to_string();
  const Watcher watcher({target, "--version-port", std::to_string(server.http_port())});
  ASSERT_TRUE(eventually([&] { return watcher.path()["node"] == "blue"; }));
  EXPECT_EQ(watcher.path()["pod"], "echo-1");
  const std::string labels = "{target=\"" + target + "\",address=\"" + target + "\",node=\"blue\"}";
  EXPECT_EQ(watcher.metric("threadecho_watch_up" + labels), 1);
}

TEST(Watch, KeepsDescriptorsForItsMetrics) {
  ServerProcess server;
  server.wait_until_serving();
  std::vector<std::string> arguments;
  for (int i = 1; i <= 6; ++i) {
    arguments.push_back(server.echo("127.0.0." + std::to_string(i)).to_string());
  }
  const Watcher watcher(arguments, {.descriptors = rlimit{.rlim_cur = 51, .rlim_max = 51}});
  const auto in_state = [&](const char* state) {
    return std::ranges::count_if(watcher.paths(), [&](const auto& path) { return path["state"] == state; });
  };
  EXPECT_TRUE(eventually([&] { return in_state("up") == 3 && in_state("down") == 3; }));
  double lost = 0;
  for (const std::string& target : arguments) {
    lost += watcher.lost(target, "local_limit");
  }
  EXPECT_EQ(lost, 3);
  EXPECT_TRUE(eventually(
      [&] { return watcher.output().find("raise RLIMIT_NOFILE paths=6 connections=6 limit=3") != std::string::npos; }));
}

TEST(Watch, MeasuresRoundTripsShorterThanItsTicks) {
  ServerProcess server;
  server.wait_until_serving();
  const std::string target = server.echo().to_string();
  const Watcher watcher({target, "--interval", "400ms", "--timeout", "10s"});
  // Echoes are collected 20 ms after their messages were sent, or later. The first one is not.
  const std::string bucket = "threadecho_watch_round_trip_seconds_bucket{target=\"" + target + "\",le=\"0.01\"}";
  EXPECT_TRUE(eventually([&] { return watcher.metric(bucket) >= 4; }));
}

TEST(Watch, StaysAsItIsThroughManyMessages) {
  ServerProcess server;
  server.wait_until_serving();
  std::vector<std::string> arguments = {"--interval", "10ms", "--connect-every", "50ms", "--idle", "100ms"};
  for (int i = 1; i <= 10; ++i) {
    arguments.push_back(server.echo("127.0.0." + std::to_string(i)).to_string());
  }
  const Watcher watcher(arguments);
  const auto messages = [&] {
    double sum = 0;
    for (const auto& path : watcher.paths()) {
      sum += path["messages"]["ok"].get<double>();
    }
    return sum;
  };
  ASSERT_TRUE(eventually([&] { return watcher.paths().size() == 10; }));
  const auto series = [&] { return std::ranges::count(watcher.get("/metrics"), '\n'); };
  ASSERT_TRUE(eventually([&] { return messages() > 500; }));
  const auto series_before = series();
  const double memory_before = watcher.metric("process_resident_memory_bytes");
  ASSERT_TRUE(eventually([&] { return messages() > 3000; }));
  EXPECT_EQ(series(), series_before);
  EXPECT_LE(watcher.metric("process_open_fds"), 60) << "at most three for each path";
#ifndef THREADECHO_SANITIZED
  EXPECT_LE(watcher.metric("process_resident_memory_bytes"), memory_before + 1024 * 1024);
#else
  EXPECT_GT(memory_before, 0);
#endif
  for (const auto& path : watcher.paths()) {
    EXPECT_EQ(path["connections_lost"], 0);
  }
}

TEST(Watch, AddsAddressesUpOnRequest) {
  ServerProcess server;
  server.wait_until_serving();
  const std::string target = server.echo().to_string();
  const Watcher watcher({target, "--aggregate"});
  ASSERT_TRUE(watcher.becomes("up"));
  EXPECT_EQ(watcher.metric("threadecho_watch_up{target=\"" + target + "\"}"), 1);
  EXPECT_THAT(watcher.get("/metrics"), Not(HasSubstr("address=")));
}

TEST(Watch, ServesAPageThatLoadsNothingFromElsewhere) {
  ServerProcess server;
  server.wait_until_serving();
  const Watcher watcher({server.echo().to_string()});
  const HttpAnswer page = http_get(watcher.http_port(), "/");
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(page.headers.at("content-security-policy"), HasSubstr("default-src 'self'"));
  EXPECT_EQ(page.headers.at("x-content-type-options"), "nosniff");
  EXPECT_THAT(page.body, Not(HasSubstr("<!--")));
  for (const char* what : {"src=\"http", "src=\"//", "style=\"", " onclick=", "<style", "javascript:"}) {
    EXPECT_THAT(page.body, Not(HasSubstr(what)));
  }
  const std::regex linked("(?:href|src)=\"(page/[^\"]+)\"");
  for (std::sregex_iterator it(page.body.begin(), page.body.end(), linked); it != std::sregex_iterator(); ++it) {
    const std::string script = watcher.get("/" + it->str(1));
    const std::regex imported("from '\\./([^']+)'");
    for (std::sregex_iterator one(script.begin(), script.end(), imported); one != std::sregex_iterator(); ++one) {
      EXPECT_FALSE(watcher.get("/page/" + one->str(1)).empty());
    }
  }
  EXPECT_EQ(watcher.get("/healthz"), "ok\n");
  EXPECT_THAT(watcher.get("/version"), HasSubstr("\"revision\""));
  EXPECT_EQ(http_get(watcher.http_port(), "/nothing").status, 404);
}

TEST(Watch, PrintsItsPathsInADryRun) {
  const EndedProgram found = run_program({"watch", "127.0.0.1:7", "[::1]:7", "--dry-run"});
  EXPECT_EQ(found.status, 0) << found.errors;
  EXPECT_EQ(found.output,
            "127.0.0.1:7\n  127.0.0.1:7\n[::1]:7\n  [::1]:7\n2 targets, 2 paths, 4 open connections, 120 series\n");
  const EndedProgram missing = run_program({"watch", "unknown.invalid:7", "--dry-run"});
  EXPECT_EQ(missing.status, 1);
  EXPECT_THAT(missing.output, HasSubstr("  name unknown.invalid not found ("));
}

TEST(Watch, PrintsNoEscapeSequenceOfATargetInADryRun) {
  const TemporaryDirectory directory;
  const std::string file = directory.write("targets", "127.0.0.1:7\n\x1b[31mred:7\n");
  const EndedProgram result = run_program({"watch", "--targets-file", file, "--dry-run"});
  EXPECT_EQ(result.status, 2);
  EXPECT_THAT(result.errors, HasSubstr("TARGET=\"\\x1b[31mred:7\" (" + file + ":2): has a control character"));
  EXPECT_THAT(result.output + result.errors, Not(HasSubstr("\x1b")));
}

TEST(Watch, NamesEachMistakeOnALineAndThePortInUse) {
  const EndedProgram wrong = run_program({"watch", "a", "--interval", "1"});
  EXPECT_EQ(wrong.status, 2);
  EXPECT_THAT(wrong.errors, AllOf(HasSubstr("threadecho watch: WATCH_INTERVAL=\"1\" (flag --interval): "),
                                  HasSubstr("\nthreadecho watch: TARGET=\"a\" (argument): has no port")));
  const UnusedPort port;
  port.listen();
  const EndedProgram taken = run_program({"watch", "127.0.0.1:7", "--http-bind-address", "127.0.0.1", "--http-port",
                                          std::to_string(port.endpoint().port())});
  EXPECT_EQ(taken.status, 3);
  EXPECT_THAT(taken.errors, HasSubstr("WATCH_HTTP_PORT"));
}

}  // namespace
}  // namespace threadecho::test
