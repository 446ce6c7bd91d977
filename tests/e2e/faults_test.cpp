// Each fault of the real program against each of its clients: what probe and load say, and what the server counts.
// docs/faults.md has the same table.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "support/documented_rows.h"
#include "support/eventually.h"
#include "support/faulty_server.h"
#include "support/http_client.h"
#include "support/scripted_server.h"
#include "support/server_process.h"
#include "support/test_client.h"
#include "support/thread_models.h"

namespace threadecho::test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// A fault, and what comes of it.
struct FaultRow {
  std::string name;
  std::string value = {};      ///< of the command line; may be empty
  int probe_status = 0;        ///< of the exit
  std::string error = {};      ///< the kind that both clients name; empty: none
  std::string counted = {};    ///< "closed" or "rejected"
  std::string reason = {};     ///< of that metric
  std::string documents = {};  ///< more words of the last column
};

const std::vector<FaultRow>& fault_rows() {
  static const std::vector<FaultRow> rows = {
      {"delay", "150ms", 0, "", "closed", "client_closed", ""},
      {"throttle", "400", 0, "", "closed", "client_closed", ""},
      {"stall", "10", 12, "echo_timeout", "closed", "client_reset", ", when the stall ends"},
      {"close", "10", 14, "closed_early", "closed", "fault", ""},
      {"reset", "10", 13, "reset", "closed", "fault", ""},
      {"corrupt", "10", 15, "wrong_bytes", "closed", "client_closed", ""},
      {"refuse", "", 14, "closed_early", "rejected", "fault", ""},
      {"unready", "", 0, "", "closed", "client_closed", ""},
  };
  return rows;
}

class FaultsAgainstClients : public ::testing::TestWithParam<std::string> {
 protected:
  FaultsAgainstClients() {
    server_.wait_until_serving();
    target_ = server_.echo().to_string();
  }

  EndedProgram fault(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "fault");
    arguments.insert(arguments.end(), {"--at", "127.0.0.1:" + std::to_string(server_.http_port())});
    return run_program(arguments);
  }
  void add(const FaultRow& row) {
    std::vector<std::string> arguments = {"add", row.name, "--for", "1h"};
    if (!row.value.empty()) {
      arguments.push_back(row.value);
    }
    const EndedProgram added = fault(arguments);
    EXPECT_EQ(added.status, 0) << added.errors;
  }

  [[nodiscard]] double counted(const FaultRow& row) const {
    return server_.metric("threadecho_connections_" + row.counted + "_total{reason=\"" + row.reason + "\"}");
  }
  [[nodiscard]] double injected(const FaultRow& row) const {
    return server_.metric("threadecho_faults_injected_total{fault=\"" + row.name + "\"}");
  }

  ServerProcess server_{{.arguments = {"--thread-model", GetParam(), "--pool-threads", "8", "--drain-timeout", "500ms"},
                         .environment = {{"FAULTS", "on"}},
                         .env_file = {}}};
  std::string target_;
};
INSTANTIATE_TEST_SUITE_P(, FaultsAgainstClients, ::testing::ValuesIn(all_thread_models), name_of_thread_model);

TEST_P(FaultsAgainstClients, AreNamedByProbeAndLoadAsTheServerCountsThem) {
  for (const FaultRow& row : fault_rows()) {
    const double before = counted(row);
    add(row);
    const EndedProgram probe = run_program({"probe", target_, "--count", "1", "--timeout", "1s"});
    EXPECT_EQ(probe.status, row.probe_status) << row.name << ": " << probe.output;
    const EndedProgram load = run_program({"load", target_, "--connections", "2", "--duration", "300ms", "--warmup",
                                           "0", "--timeout", "1s", "--json", "--quiet"});
    const nlohmann::json result = nlohmann::json::parse(load.output);
    std::map<std::string, int> errors;
    for (const auto& [kind, count] : result["errors"].items()) {
      if (count > 0) {
        errors[kind] = count;
      }
    }
    const std::map<std::string, int> expected =
        row.error.empty() ? std::map<std::string, int>{} : std::map<std::string, int>{{row.error, 2}};
    EXPECT_EQ(errors, expected) << row.name << ": " << load.output;
    EXPECT_EQ(result["clean"], row.error.empty()) << row.name;
    if (row.name == "corrupt") {
      EXPECT_THAT(result["error"]["message"].get<std::string>(), HasSubstr("wrong byte at offset 10: "));
    }
    const EndedProgram cleared = fault({"clear"});
    EXPECT_EQ(cleared.status, 0) << cleared.errors;
    EXPECT_TRUE(eventually([&] { return counted(row) >= before + 3; })) << row.name;
    EXPECT_EQ(counted(row), before + 3) << row.name;
    if (row.error.empty()) {
      EXPECT_GE(injected(row), row.name == "unready" ? 0 : 3) << row.name;
    } else {
      EXPECT_EQ(injected(row), 3) << row.name;
    }
  }
  EXPECT_EQ(server_.metric("threadecho_faults_active"), 0);
  EXPECT_EQ(server_.metric("threadecho_connections_active"), 0);
}

TEST_P(FaultsAgainstClients, AreListedUntilTheyAreCleared) {
  add({.name = "delay", .value = "1s"});
  add({.name = "refuse"});
  const nlohmann::json listed = nlohmann::json::parse(fault({"list", "--json"}).output);
  EXPECT_EQ(listed["type"], "faults");
  EXPECT_EQ(listed["faults"].size(), 2U);
  EXPECT_THAT(fault({"list"}).output, HasSubstr("   1  delay     1s; "));
  EXPECT_THAT(fault({"clear", "1"}).output, HasSubstr("   1  delay     1s; ended, injected 0 times"));
  EXPECT_EQ(fault({"clear", "1"}).status, 1);
  EXPECT_EQ(nlohmann::json::parse(fault({"clear", "--json"}).output)["faults"][0]["id"], 2);
  EXPECT_EQ(fault({"list"}).output, "no fault is active\n");
}

TEST_P(FaultsAgainstClients, LeaveNoConnectionBehindTheDrain) {
  add({.name = "stall", .value = "10"});
  const TestClient client(server_.echo());
  client.send("more than ten bytes");
  EXPECT_EQ(client.receive(10), "more than ");
  const auto begun = std::chrono::steady_clock::now();
  server_.signal(SIGTERM);
  EXPECT_EQ(server_.wait(), 0);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(3))
      << "1.5 s, on a machine that is not busy";
  EXPECT_THAT(server_.output(), HasSubstr("ended_at_deadline=1"));
  EXPECT_THAT(server_.output(), HasSubstr("fault ended id=1 fault=stall reason=stopped injected=1"));
}

TEST(FaultCommand, SaysWhyTheServerRefuses) {
  ServerProcess server;  // without FAULTS=on
  server.wait_until_serving();
  const std::string at = "127.0.0.1:" + std::to_string(server.http_port());
  const EndedProgram off = run_program({"fault", "add", "refuse", "--for", "1s", "--at", at});
  EXPECT_EQ(off.status, 1);
  EXPECT_THAT(off.errors, HasSubstr(at + " answered 403: faults on demand are off"));
  const EndedProgram other = run_program({"fault", "list", "--at", server.echo().to_string()});
  EXPECT_EQ(other.status, 1) << "an echo of the request is no answer";
  EXPECT_THAT(other.errors, HasSubstr("is this the server's HTTP_PORT?"));
}

TEST(FaultCommand, TakesNoOtherServerForThreadecho) {
  for (const std::string body : {R"({"status": "ok"})", R"({"faults": {}})", R"({"faults": [7]})", "[]", "ok",
                                 R"({"faults": [{"id": -1.5, "fault": "close", "share": "all"}]})"}) {
    const FaultyServer server([&body](int fd, int /*number*/) {
      read_some(fd);
      write_all(fd, "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
    });
    const std::vector<std::vector<std::string>> commands = {{"add", "close", "--for", "1s"}, {"list"}, {"clear"}};
    for (std::vector<std::string> arguments : commands) {
      arguments.insert(arguments.begin(), "fault");
      arguments.insert(arguments.end(), {"--at", server.target()});
      const EndedProgram ended = run_program(arguments);
      EXPECT_EQ(ended.status, 1) << arguments[1] << " " << body << ended.output;
      EXPECT_THAT(ended.errors, HasSubstr("is not the HTTP port of a threadecho server")) << arguments[1] << body;
    }
  }
}

TEST(FaultCommand, ShowsNoControlCharacterOfAServer) {
  const FaultyServer server([](int fd, int /*number*/) {
    read_some(fd);
    const std::string body = "{\"error\": \"\\u001b[2J\"}";
    write_all(fd, "HTTP/1.1 400 Bad\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  });
  EXPECT_THAT(run_program({"fault", "list", "--at", server.target()}).errors, HasSubstr("answered 400: \\x1b[2J"));
}

TEST(FaultCommand, NamesTheKindOfAFailureAndTheAddressOnce) {
  const UnusedPort unused;
  const std::string at = unused.endpoint().to_string();
  const EndedProgram ended = run_program({"fault", "list", "--json", "--at", at});
  EXPECT_EQ(ended.status, 1);
  const auto error = nlohmann::json::parse(ended.output).at("error");
  EXPECT_EQ(error.at("kind"), "refused");
  EXPECT_EQ(error.at("message"), at + " refused the connection");
}

TEST(FaultEndpoint, RefusesAnEmptyOriginToo) {
  ServerProcess server({.arguments = {}, .environment = {{"FAULTS", "on"}}, .env_file = {}});
  server.wait_until_serving();
  for (const std::string origin : {"", "null", "http://evil.example"}) {
    HttpClient client(server.http_port());
    client.send("DELETE /faults HTTP/1.1\r\nHost: localhost\r\nOrigin: " + origin + "\r\n\r\n");
    EXPECT_EQ(client.read_answer().status, 403) << origin;
  }
}

TEST(FaultDocs, HaveTheTableOfTheTest) {
  std::vector<std::string> rows;
  for (const FaultRow& row : fault_rows()) {
    const std::string kind = row.error.empty() ? "" : " `" + row.error + "`";
    rows.push_back("| `" + row.name + "` | " + std::to_string(row.probe_status) + kind + " | " +
                   (row.error.empty() ? "clean" : "`" + row.error + "`") + " | " + row.counted + ", `" + row.reason +
                   "`" + row.documents + " |");
  }
  EXPECT_THAT(differences(rows, table_rows(source_file("docs/faults.md"), "## What clients see")), IsEmpty());
}

}  // namespace
}  // namespace threadecho::test
