#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "support/eventually.h"
#include "support/faulty_server.h"
#include "support/scripted_server.h"
#include "support/server_process.h"
#include "text/timestamps.h"

namespace threadecho::test {
namespace {

using ::testing::HasSubstr;

ServerProcess::Setup load_with(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "load");
  return {.arguments = std::move(arguments), .environment = {}, .env_file = "", .free_ports = false};
}

/// The kind of error in the single JSON object that a command printed.
std::string kind_of_only_error(const std::string& output) {
  EXPECT_EQ(std::ranges::count(output, '\n'), 1) << output;
  return nlohmann::json::parse(output).at("error").at("kind").get<std::string>();
}

TEST(LoadEnds, PrintsJsonWhenASecondSignalEndsIt) {
  const FaultyServer silent([](int fd, int /*number*/) { read_to_end(fd); });
  ServerProcess load(load_with({silent.target(), "--duration", "1h", "--timeout", "1h", "--json"}));
  EXPECT_TRUE(eventually([&] { return load.errors().find("1 connection ") != std::string::npos; }));
  ASSERT_TRUE(eventually([&] {
    load.signal(SIGINT);
    return load.has_exited();
  }));
  EXPECT_EQ(load.wait(), 128 + SIGINT);
  EXPECT_EQ(kind_of_only_error(load.output()), "interrupted");
}

TEST(LoadEnds, PrintsJsonWhenASignalEndsItBeforeItBegins) {
  UnusedPort unused;
  ServerProcess waits(load_with({unused.endpoint().to_string(), "--wait", "1h", "--json"}));
  EXPECT_TRUE(eventually([&] { return waits.errors().find("waiting: ") != std::string::npos; }));
  waits.signal(SIGINT);
  EXPECT_EQ(waits.wait(), 128 + SIGINT);
  EXPECT_EQ(kind_of_only_error(waits.output()), "interrupted");
  const std::string later = text::format_timestamp(std::chrono::system_clock::now() + std::chrono::hours(1));
  ServerProcess sleeps(load_with({unused.endpoint().to_string(), "--start-at", later, "--json"}));
  EXPECT_TRUE(eventually([&] { return sleeps.errors().find("waits until") != std::string::npos; }));
  sleeps.signal(SIGTERM);
  EXPECT_EQ(sleeps.wait(), 128 + SIGTERM);
  EXPECT_EQ(kind_of_only_error(sleeps.output()), "interrupted");
}

TEST(LoadEnds, LooksTheNameUpBeforeItWaitsForItsStart) {
  const std::string later = text::format_timestamp(std::chrono::system_clock::now() + std::chrono::hours(1));
  ServerProcess load(load_with({"unknown.invalid:7", "--start-at", later}));
  EXPECT_EQ(load.wait(), 1);
  EXPECT_THAT(load.errors(), HasSubstr("name unknown.invalid not found"));
}

TEST(LoadEnds, PrintsOneObjectWhenItsSamplesCannotBeWritten) {
  ServerProcess server;
  server.wait_until_serving();
  ServerProcess load(load_with(
      {server.echo().to_string(), "--duration", "100ms", "--warmup", "0", "--json", "--raw-samples", "/dev/full"}));
  EXPECT_EQ(load.wait(), 1);
  EXPECT_EQ(kind_of_only_error(load.output()), "other");
  const auto result = nlohmann::json::parse(load.output());
  EXPECT_EQ(result.at("type"), "result");
  EXPECT_EQ(result.at("clean"), false);
  EXPECT_THAT(result.at("error").at("message").get<std::string>(), HasSubstr("cannot write \"/dev/full\""));
  EXPECT_THAT(load.errors(), HasSubstr("threadecho load: cannot write \"/dev/full\""));
}

TEST(LoadEnds, EndsWhenNothingReadsItsProgress) {
  ServerProcess server;
  server.wait_until_serving();
  ServerProcess load({.arguments = {"load", server.echo().to_string(), "--json", "--quiet", "--report-interval",
                                    "100ms", "--duration", "1h"},
                      .environment = {},
                      .env_file = {},
                      .output = "/dev/full"});
  EXPECT_EQ(load.wait(), 1);
  EXPECT_EQ(load.errors(), "threadecho load: cannot write to standard output\n");
}

}  // namespace
}  // namespace threadecho::test
