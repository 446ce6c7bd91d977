#include "healthcheck/healthcheck.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "client/http_client.h"
#include "config/settings.h"
#include "healthcheck/healthcheck_command.h"
#include "support/fake_proc.h"
#include "support/scripted_server.h"
#include "support/test_client.h"

namespace threadecho::test {
namespace {

using client::Deadline;
using healthcheck::check_health;
using healthcheck::Health;
using ::testing::HasSubstr;
using ::testing::StartsWith;

config::Settings settings_of(const net::Endpoint& http) {
  config::Settings settings;
  settings.http_port = http.port();
  return settings;
}

Deadline in(std::chrono::milliseconds time) { return std::chrono::steady_clock::now() + time; }

Health answer(const std::string& text) {
  const ScriptedServer server([&](int client) {
    while (read_exactly(client, 1) != "\n" || read_exactly(client, 2) != "\r\n") {
    }
    write_all(client, text);
  });
  return check_health(settings_of(server.endpoint()), false, in(kPatience));
}

TEST(Healthcheck, GoesByTheStatusOfTheAnswer) {
  const Health good = answer("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok\n");
  EXPECT_TRUE(good.is_good);
  EXPECT_THAT(good.reason, HasSubstr("answered 200"));
  const Health bad = answer("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
  EXPECT_FALSE(bad.is_good);
  EXPECT_THAT(bad.reason, HasSubstr("answered 503"));
}

TEST(Healthcheck, NamesAnAnswerThatIsNone) {
  EXPECT_THAT(answer("SSH-2.0-OpenSSH_9.2\r\n").reason, HasSubstr("is not HTTP"));
  EXPECT_THAT(answer("").reason, HasSubstr("closed without an answer"));
  EXPECT_THAT(answer("HTTP/1.1 200 OK\r\n").reason, HasSubstr("closed without an answer"));
}

TEST(Healthcheck, NamesAServerThatIsNotThere) {
  const UnusedPort port;
  const Health health = check_health(settings_of(port.endpoint()), false, in(kPatience));
  EXPECT_FALSE(health.is_good);
  EXPECT_THAT(health.reason, HasSubstr("refused the connection"));
}

TEST(Healthcheck, KeepsItsDeadline) {
  const ScriptedServer silent(&read_to_end);
  EXPECT_THAT(check_health(settings_of(silent.endpoint()), false, in(std::chrono::milliseconds(100))).reason,
              HasSubstr("no answer in time"));
  const FullListener full;
  EXPECT_THAT(check_health(settings_of(full.endpoint()), false, in(std::chrono::milliseconds(100))).reason,
              HasSubstr("timed out connecting"));
}

TEST(Healthcheck, ReadsNoHeaderThatNeverEnds) {
  const ScriptedServer server([](int client) {
    write_all(client, "HTTP/1.1 200 OK\r\n");
    while (write_all(client, "X: y\r\n")) {
    }
  });
  const Health health = check_health(settings_of(server.endpoint()), false, in(kPatience));
  EXPECT_FALSE(health.is_good);
  EXPECT_THAT(health.reason, HasSubstr("header limit exceeded"));
}

TEST(Healthcheck, CannotGuessAPort) {
  config::Settings settings;
  settings.http_port = 0;
  EXPECT_THAT(check_health(settings, false, in(kPatience)).reason, HasSubstr("HTTP_PORT=0"));
}

/// What the command finds in a container whose main process has these arguments.
Health beside(const std::vector<std::string>& main_process, std::vector<const char*> arguments = {}) {
  const FakeProc proc;
  proc.add(1, 0, main_process);
  arguments.insert(arguments.begin(), "healthcheck");
  return healthcheck::health_of_server(arguments, proc.path());
}

TEST(Healthcheck, AsksWhereTheFlagsOfTheMainProcessSay) {
  const UnusedPort port;
  const std::string number = std::to_string(port.endpoint().port());
  const std::string question = "GET /healthz at 127.0.0.1:" + number + ": ";
  EXPECT_THAT(beside({"threadecho", "--http-port", number}).reason, StartsWith(question));
  EXPECT_THAT(beside({"threadecho", "--http-port", "1"}, {"--http-port", number.c_str()}).reason, StartsWith(question))
      << "its own flags win";
}

TEST(Healthcheck, CallsAContainerThatRunsAClientHealthy) {
  for (const char* command : {"load", "probe"}) {
    const Health health = beside({"threadecho", command, "echo:9000"});
    EXPECT_TRUE(health.is_good);
    EXPECT_EQ(health.reason, "the main process is threadecho " + std::string(command) + ", which serves nothing");
  }
  const UnusedPort port;
  const std::string number = std::to_string(port.endpoint().port());
  EXPECT_FALSE(beside({"threadecho", "load", "echo:9000"}, {"--http-port", number.c_str()}).is_good)
      << "with flags of its own it asks";
}

// An address with a zone reaches the server, but another host's Host field has no room for it.
TEST(Healthcheck, LeavesTheZoneOfAnAddressOutOfTheHostField) {
  std::string request;
  const ScriptedServer server([&](int client) {
    while (!request.ends_with("\r\n\r\n")) {
      request += read_exactly(client, 1);
    }
    write_all(client, "HTTP/1.1 200 OK\r\n\r\n");
  });
  EXPECT_TRUE(check_health(settings_of(server.endpoint()), false, in(kPatience)).is_good);
  EXPECT_THAT(request, HasSubstr("\r\nHost: " + server.endpoint().to_string() + "\r\n"));
  EXPECT_EQ(client::host_field(net::Endpoint::parse("fe80::1%lo", 80).value()), "[fe80::1]:80");
}

TEST(Healthcheck, AsksOnLoopbackOrWhereTheServerIsBound) {
  for (const char* any : {"::", "0.0.0.0", "::ffff:0.0.0.0"}) {
    EXPECT_EQ(healthcheck::reachable(any, 80).to_string(), "127.0.0.1:80") << any;
  }
  EXPECT_EQ(healthcheck::reachable("::1", 80).to_string(), "[::1]:80");
  EXPECT_EQ(healthcheck::reachable("127.0.0.2", 80).to_string(), "127.0.0.2:80");
}

}  // namespace
}  // namespace threadecho::test
