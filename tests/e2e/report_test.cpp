#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "support/faulty_server.h"
#include "support/server_process.h"

namespace threadecho::test {
namespace {

using ::testing::HasSubstr;

std::string result_of_load(const std::string& target, const std::string& connections = "2") {
  return run_program({"load", target, "--connections", connections, "--duration", "100ms", "--warmup", "0", "--json"})
      .output;
}

TEST(ReportCommand, MergesTheResultsOfLoad) {
  ServerProcess server;
  server.wait_until_serving();
  const TemporaryDirectory directory;
  const std::string first = result_of_load(server.echo().to_string());
  const std::string second = result_of_load(server.echo().to_string());
  const auto one = directory.write("one", first);
  const auto two = directory.write("two", second);
  const EndedProgram merged = run_program({"report", one, two, "--json"});
  EXPECT_EQ(merged.status, 0) << merged.errors;
  const auto json = nlohmann::json::parse(merged.output);
  const auto messages = [](const std::string& result) {
    return nlohmann::json::parse(result).at("messages").get<int>();
  };
  EXPECT_EQ(json.at("messages"), messages(first) + messages(second));
  EXPECT_EQ(json.at("latency").at("count"), messages(first) + messages(second));
  EXPECT_EQ(json.at("clean"), true);
  EXPECT_EQ(json.at("sources").at(1).at("source"), two.string());
  const EndedProgram text = run_program({"report", directory.write("both", first + second)});
  EXPECT_EQ(text.status, 0) << text.errors;
  EXPECT_THAT(text.output, HasSubstr("runs         2, started within"));
}

TEST(ReportCommand, FailsAsARunDid) {
  std::string target;
  {
    target = FaultyServer([](int, int) {}).target();
  }
  const TemporaryDirectory directory;
  const EndedProgram merged = run_program({"report", directory.write("refused", result_of_load(target)), "--json"});
  EXPECT_EQ(merged.status, 1);
  EXPECT_EQ(nlohmann::json::parse(merged.output).at("error").at("kind"), "refused");
  const EndedProgram failed =
      run_program({"report", "--json", directory.write("failed", result_of_load("unknown.invalid:7"))});
  EXPECT_EQ(failed.status, 1);
  const auto error = nlohmann::json::parse(failed.output).at("error");
  EXPECT_THAT(error.at("message").get<std::string>(), HasSubstr("unknown.invalid"));
  EXPECT_EQ(error.at("kind"), "name_not_found");
}

TEST(ReportCommand, ShowsTheOtherRunsWhenAFileIsEmpty) {
  ServerProcess server;
  server.wait_until_serving();
  const TemporaryDirectory directory;
  const auto good = directory.write("good", result_of_load(server.echo().to_string()));
  const EndedProgram merged = run_program({"report", good, directory.write("empty", ""), "--json"});
  EXPECT_EQ(merged.status, 1);
  const auto json = nlohmann::json::parse(merged.output);
  EXPECT_EQ(json.at("runs"), 1);
  EXPECT_EQ(json.at("failed_runs"), 1);
  EXPECT_GT(json.at("messages"), 0);
}

TEST(ReportCommand, ShowsTheOtherRunsWhenAFileWasCutOff) {
  ServerProcess server;
  server.wait_until_serving();
  const TemporaryDirectory directory;
  const std::string good = result_of_load(server.echo().to_string());
  const auto cut = directory.write("cut", good.substr(0, good.size() - 200));
  const EndedProgram merged = run_program({"report", directory.write("good", good), cut, "--json"});
  EXPECT_EQ(merged.status, 1);
  const auto json = nlohmann::json::parse(merged.output);
  EXPECT_EQ(json.at("runs"), 1);
  EXPECT_GT(json.at("messages"), 0);
  EXPECT_EQ(json.at("error").at("message"), "broken JSON; was the run cut short?");
  EXPECT_EQ(run_program({"report", cut}).status, 1);
}

TEST(ReportCommand, RefusesWhatDoesNotBelongTogetherAndWhatItCannotRead) {
  std::string target;
  {
    target = FaultyServer([](int, int) {}).target();
  }
  const TemporaryDirectory directory;
  const auto two = directory.write("two", result_of_load(target, "2"));
  const auto three = directory.write("three", result_of_load(target, "3"));
  EXPECT_EQ(run_program({"report", two, three}).status, 2);
  EXPECT_THAT(run_program({"report", two, three}).errors, HasSubstr("connections is 2 in"));
  EXPECT_EQ(run_program({"report", two, three, "--allow-different-settings"}).status, 1);
  EXPECT_EQ(run_program({"report"}).status, 2);
  const EndedProgram missing = run_program({"report", "/nowhere", "--json"});
  EXPECT_EQ(missing.status, 2);
  EXPECT_THAT(missing.errors, HasSubstr("threadecho report: cannot read \"/nowhere\": No such file or directory"));
  EXPECT_EQ(nlohmann::json::parse(missing.output).at("error").at("kind"), "usage");
  EXPECT_THAT(run_program({"report", "/"}).errors, HasSubstr("cannot read \"/\": Is a directory"));
  EXPECT_EQ(run_program({"report", directory.write("empty", "")}).status, 1);
  ServerProcess empty(
      {.arguments = {"report", "-"}, .environment = {}, .env_file = "", .free_ports = false, .closed = {STDIN_FILENO}});
  EXPECT_EQ(empty.wait(), 1);
  EXPECT_THAT(empty.errors(), HasSubstr("threadecho report: no run has a result: -: no result; was the run"));
}

}  // namespace
}  // namespace threadecho::test
