#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "support/server_process.h"

namespace threadecho::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

/// Every line of standard output, each of which must be a log line of a failed start with this exit status.
std::vector<std::string> json_errors(const ServerProcess& server, int exit_status) {
  std::vector<std::string> errors;
  std::istringstream lines(server.output());
  for (std::string line; std::getline(lines, line);) {
    const auto object = nlohmann::json::parse(line);
    EXPECT_EQ(object.at("level"), "error");
    EXPECT_EQ(object.at("message"), "cannot start");
    EXPECT_EQ(object.at("exit_status"), exit_status);
    EXPECT_TRUE(object.contains("time"));
    errors.push_back(object.at("error"));
  }
  EXPECT_EQ(server.errors(), "");
  return errors;
}

TEST(StartFailure, IsAJsonLineWhenAPortIsTaken) {
  ServerProcess first;
  first.wait_until_serving();
  const std::string port = std::to_string(first.echo().port());
  ServerProcess second({.arguments = {"--port", port, "--log-format", "json"}, .environment = {}, .env_file = {}});
  EXPECT_EQ(second.wait(), 3);
  const auto errors = json_errors(second, 3);
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_THAT(errors.front(), AllOf(HasSubstr("(PORT): Address already in use"), HasSubstr("ss -ltnp")));
}

TEST(StartFailure, IsAJsonLineForEachBadSettingWhereverTheFormatIsSet) {
  struct Place {
    std::vector<std::string> arguments;
    std::vector<std::pair<std::string, std::string>> environment;
    std::string env_file;
  };
  for (const Place& place :
       {Place{{"--log-format", "json"}, {}, ""}, Place{{}, {{"LOG_FORMAT", "json"}}, ""},
        Place{{}, {}, "LOG_FORMAT=json\n"}, Place{{}, {}, "LOG_FORMAT=json\nthis line is wrong\n"}}) {
    auto environment = place.environment;
    environment.emplace_back("PORT", "x");
    environment.emplace_back("IDLE_TIMEOUT", "soon");
    ServerProcess server(
        {.arguments = place.arguments, .environment = environment, .env_file = place.env_file, .free_ports = false});
    EXPECT_EQ(server.wait(), 2);
    const auto errors = json_errors(server, 2);
    ASSERT_GE(errors.size(), 2U);
    EXPECT_THAT(errors[errors.size() - 2], HasSubstr("PORT=\"x\""));
    EXPECT_THAT(errors.back(), HasSubstr("IDLE_TIMEOUT=\"soon\""));
  }
}

TEST(StartFailure, IsAJsonLineForAWrongFlag) {
  ServerProcess server({.arguments = {"--prot", "1"}, .environment = {{"LOG_FORMAT", "json"}}, .env_file = {}});
  EXPECT_EQ(server.wait(), 2);
  EXPECT_THAT(json_errors(server, 2),
              ::testing::ElementsAre(HasSubstr("unknown flag \"--prot\"; did you mean --port")));
}

TEST(StartFailure, IsTextOnStandardErrorWhenStandardOutputTakesNoJson) {
  ServerProcess server({.arguments = {"--port", "x"},
                        .environment = {{"LOG_FORMAT", "json"}, {"HTTP_PORT", "0"}},
                        .env_file = {},
                        .free_ports = false,
                        .output = "/dev/full"});
  EXPECT_EQ(server.wait(), 2);
  EXPECT_THAT(server.errors(), HasSubstr("threadecho: PORT=\"x\""));
}

TEST(StartFailure, NamesTheAddressThatNoInterfaceHas) {
  ServerProcess server({.arguments = {"--bind-address", "203.0.113.7"}, .environment = {}, .env_file = {}});
  EXPECT_EQ(server.wait(), 3);
  EXPECT_THAT(server.errors(), AllOf(HasSubstr("cannot listen on 203.0.113.7:0 (PORT): Cannot assign requested"),
                                     HasSubstr("set BIND_ADDRESS to")));
}

TEST(StartFailure, NamesThePrivilegeThatALowPortNeeds) {
  int first_free_port = 0;
  std::ifstream("/proc/sys/net/ipv4/ip_unprivileged_port_start") >> first_free_port;
  if (first_free_port <= 7) {
    GTEST_SKIP() << "every user may bind to port 7 on this host";
  }
  ServerProcess server({.arguments = {"--port", "7"}, .environment = {}, .env_file = {}, .unprivileged = true});
  EXPECT_EQ(server.wait(), 3);
  EXPECT_THAT(server.errors(), AllOf(HasSubstr("(PORT): Permission denied"), HasSubstr("CAP_NET_BIND_SERVICE"),
                                     HasSubstr("set PORT to a higher one, such as 10007")));
}

/// A seccomp profile that answers clone3 with an error, as those before Docker 20.10.10 do with EPERM, stands for
/// every reason why a thread cannot be created.
TEST(StartFailure, SaysWhichThreadCannotStartAndWhy) {
#ifdef THREADECHO_SANITIZED
  GTEST_SKIP() << "a sanitizer starts threads of its own";
#endif
  struct Refusal {
    std::string model;
    int error_number;
    std::string what;
    std::string advice;
  };
  for (const Refusal& refusal :
       {Refusal{"per-connection", EPERM, "cannot start the acceptor's thread: Operation not permitted", "seccomp"},
        Refusal{"pool", EPERM, "cannot start a worker of the pool (POOL_THREADS): Operation not permitted", "seccomp"},
        Refusal{"blocking-pool", EPERM, "cannot start a thread of the pool (POOL_THREADS): Operation not permitted",
                "seccomp"},
        Refusal{"per-connection", EAGAIN, "cannot start the acceptor's thread: Resource temporarily", "pids.max"},
        Refusal{"pool", EAGAIN, "cannot start a worker of the pool (POOL_THREADS): Resource", "ulimit -u"}}) {
    ServerProcess server({.arguments = {"--thread-model", refusal.model},
                          .environment = {},
                          .env_file = {},
                          .clone3_error = refusal.error_number});
    EXPECT_EQ(server.wait(), 1);
    EXPECT_THAT(server.errors(), AllOf(HasSubstr("threadecho: " + refusal.what), HasSubstr(refusal.advice)));
  }
}

}  // namespace
}  // namespace threadecho::test
