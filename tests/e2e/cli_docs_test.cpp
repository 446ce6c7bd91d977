#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <csignal>
#include <map>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "cli/commands.h"
#include "client/failure.h"
#include "load/json_report.h"
#include "load/load_run.h"
#include "support/documented_rows.h"
#include "support/eventually.h"
#include "support/faulty_server.h"
#include "support/scripted_server.h"
#include "support/server_process.h"
#include "support/test_client.h"
#include "support/watcher.h"

namespace threadecho::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

using Keys = std::set<std::string>;
/// By the heading of docs/json.md or docs/http.md under which they stand.
using KeysByHeading = std::map<std::string, Keys>;

const std::string probe_heading = "### JSON of probe";
const std::string load_heading = "### JSON of load";
const std::string interval_heading = "### JSON of an interval";
const std::string report_heading = "### JSON of report";
const std::string compare_heading = "### JSON of compare";
const std::string identity_heading = "### JSON of identity";
const std::string watch_heading = "### JSON of watch";
const std::string fault_heading = "### JSON of fault";
const std::string status_heading = "### JSON of /status";
const std::string threads_heading = "### JSON of /threads";
const std::string failure_heading = "### JSON of a command that cannot run";

/// The path of each member, in all levels: `latency.count`, `incidents[].time`. The members of each `errors` are kinds,
/// those of other counts reasons.
void add_keys(const nlohmann::json& json, const std::string& path, Keys& keys) {
  if (json.is_array()) {
    for (const auto& element : json) {
      add_keys(element, path, keys);
    }
  } else if (json.is_object()) {
    for (const auto& [name, value] : json.items()) {
      const bool is_kind = path == "errors.";
      const bool is_reason = path == "closed." || path == "rejected." || path == "accept_errors.";
      const std::string member = path +
                                 (is_kind     ? "KIND"
                                  : is_reason ? "REASON"
                                              : name) +
                                 (value.is_array() ? "[]" : "");
      keys.insert("`" + member + "`");
      add_keys(value, member + ".", keys);
    }
  }
}

std::string heading_with_anchor(const std::string& text, const std::string& anchor) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::string its_anchor = line.starts_with('#') ? line.substr(line.find(' ') + 1) : "";
    std::ranges::transform(its_anchor, its_anchor.begin(),
                           [](char c) { return static_cast<char>(c == ' ' ? '-' : std::tolower(c)); });
    if (its_anchor == anchor) {
      return line;
    }
  }
  return "no heading for #" + anchor;
}

/// The keys of the table under `heading`. A link in the second column leads to the table of the members.
std::vector<std::string> documented_keys(const std::string& text, const std::string& heading,
                                         const std::string& path = "") {
  const std::regex row("\\| `([^`]+)` \\| ([^|]+) \\|.*");
  const std::regex link("\\]\\(#([^)]+)\\)");
  std::vector<std::string> keys;
  for (const std::string& line : table_rows(text, heading)) {
    std::smatch cells;
    if (!std::regex_match(line, cells, row)) {
      keys.push_back("not a row of a key: " + line);
      continue;
    }
    keys.push_back("`" + path + cells.str(1) + "`");
    const std::string value = cells.str(2);
    if (std::smatch found; std::regex_search(value, found, link)) {
      const auto members = documented_keys(text, heading_with_anchor(text, found.str(1)), path + cells.str(1) + ".");
      keys.insert(keys.end(), members.begin(), members.end());
    }
  }
  return keys;
}

std::vector<std::string> found_in_tables(const std::string& text, const KeysByHeading& printed) {
  std::vector<std::string> found;
  for (const auto& [heading, keys] : printed) {
    for (const std::string& difference : differences({keys.begin(), keys.end()}, documented_keys(text, heading))) {
      found.push_back(heading.substr(4) + ": " + difference);
    }
  }
  return found;
}

/// The keys of the examples in the page.
KeysByHeading keys_of_examples(const std::string& text) {
  KeysByHeading keys;
  std::istringstream lines(text);
  std::string heading;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with('#')) {
      heading = line;
    } else if (line == "```json") {
      std::string example;
      while (std::getline(lines, line) && line != "```") {
        example += line + '\n';
      }
      add_keys(nlohmann::json::parse(example), "", keys[heading]);
    }
  }
  return keys;
}

/// Each command has a section with an example, and no other section has a name like a command.
std::vector<std::string> found_in_sections(const std::string& text) {
  std::vector<std::string> sections;
  std::istringstream lines(text);
  std::string name;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("## ")) {
      name = std::ranges::all_of(line.substr(3), [](char c) { return c >= 'a' && c <= 'z'; }) ? line.substr(3) : "";
      if (!name.empty()) {
        sections.push_back(name + " without an example");
      }
    } else if (!name.empty() && (line + ' ').starts_with("$ threadecho " + name + ' ')) {
      sections.back() = name + " with an example";
    }
  }
  std::vector<std::string> expected;
  for (const cli::CommandSummary& command : cli::command_summaries()) {
    expected.push_back(std::string(command.name) + " with an example");
  }
  return differences(expected, sections);
}

/// How the row of each kind of error begins: "| `refused` | 10 | ".
std::vector<std::string> rows_of_kinds() {
  std::vector<std::string> rows = {"| `usage` | 2 | ", "| `interrupted` | 128+n | ", "| `no_result` | 1 | "};
  for (const client::FailureWords& words : client::kFailureKinds) {
    rows.push_back("| `" + std::string(words.name) + "` | " + std::to_string(words.exit_status) + " | ");
  }
  return rows;
}

/// The pages that list the keys.
std::string key_pages() { return source_file("docs/json.md") + source_file("docs/http.md"); }

std::string replaced(std::string text, const std::string& what, const std::string& instead) {
  EXPECT_THAT(text, HasSubstr(what));
  return text.replace(text.find(what), what.size(), instead);
}

std::string keys_with(const std::string& what, const std::string& instead) {
  return replaced(key_pages(), what, instead);
}

std::string commands_with(const std::string& what, const std::string& instead) {
  return replaced(source_file("docs/cli.md"), what, instead);
}

/// Runs the client commands so that each member that is not always there, or is null at times, is printed by one.
class CliDocs : public ::testing::Test {
 protected:
  CliDocs() {
    server_.wait_until_serving();
    good_ = server_.echo().to_string();
  }

  /// The output with --json. Takes its keys to those of the heading that fits each line's type.
  std::string run(const std::string& result_heading, std::vector<std::string> arguments) {
    arguments.emplace_back("--json");
    std::string output = run_program(arguments).output;
    take_keys(result_heading, output);
    return output;
  }

  void take_keys(const std::string& result_heading, const std::string& output) {
    std::istringstream lines(output);
    for (std::string line; std::getline(lines, line);) {
      const auto json = nlohmann::json::parse(line);
      const auto type = json.at("type").get<std::string>();
      const std::string& heading = type == "error"      ? failure_heading
                                   : type == "interval" ? interval_heading
                                                        : result_heading;
      add_keys(json, "", printed_[heading]);
    }
  }

  /// The result of a run in which the name server failed. The test cannot make it fail while the program runs.
  std::string result_with_a_failed_look_up() {
    load::LoadResult result;
    result.options.target = {.host = "server", .port = 9000};
    result.target = *net::Endpoint::parse("192.0.2.1", 9000);
    result.incidents.look_up_failed({.text = "name server not found"});
    std::string json = load::json_report(result);
    take_keys(load_heading, json);
    return json;
  }

  void run_probe() {
    const FaultyServer wrong([](int fd, int /*number*/) {
      while (!read_some(fd).empty()) {
        write_all(fd, std::string(64, '\0'));
      }
    });
    for (const std::string& target : {good_, wrong.target(), refused_, std::string("unknown.invalid:7")}) {
      run(probe_heading, {"probe", target, "--count", "1", "--half-close"});
    }
    run(probe_heading, {"probe"});
  }

  void run_identity() {
    const std::string port = "127.0.0.1:" + std::to_string(server_.identity_port());
    run(identity_heading, {"identity", port, "--count", "2"});
    run(identity_heading, {"identity", refused_, "--count", "1"});
  }

  void run_watch() {
    const Watcher watcher({good_, refused_});
    EXPECT_TRUE(eventually([&] { return watcher.paths().size() == 2 && watcher.paths()[1]["state"] == "down"; }));
    add_keys(nlohmann::json::parse(watcher.get("/targets")), "", printed_[watch_heading]);
  }

  void run_load_and_report() {
    const std::vector<std::string> load = {"load", "--connections", "1", "--warmup", "0", "--duration"};
    const auto result_of = [&](std::vector<std::string> more) {
      more.insert(more.begin(), load.begin(), load.end());
      return run(load_heading, std::move(more));
    };
    std::string results = result_of({"500ms", good_, "--report-interval", "200ms"});
    results += result_of({"500ms", refused_, "--reconnect", "--wait", "1ms"});
    results += result_of({"500ms", "unknown.invalid:7"});
    results += result_with_a_failed_look_up();
    // To the program this is an address beyond loopback, where the system keeps ports in TIME_WAIT.
    result_of({"100ms", "0.0.0.0:" + std::to_string(server_.echo().port()), "--churn"});
    const TemporaryDirectory directory;
    run(report_heading, {"report", directory.write("results", results), "--allow-different-settings"});
    run(report_heading, {"report"});
  }

  void run_fault() {
    const std::string at = "127.0.0.1:" + std::to_string(server_.http_port());
    run(fault_heading, {"fault", "add", "delay", "1s", "--clients", "192.0.2.0/24", "--for", "1h", "--at", at});
    run(fault_heading, {"fault", "add", "throttle", "1", "--clients", "192.0.2.0/24", "--for", "1h", "--at", at});
    run(fault_heading, {"fault", "add", "close", "--clients", "192.0.2.0/24", "--for", "1h", "--at", at});
    run(fault_heading, {"fault", "clear", "--at", at});
  }

  void get_numbers_of_the_server() {
    const TestClient client(server_.echo());
    EXPECT_EQ(client.echo("x"), "x");
    add_keys(nlohmann::json::parse(server_.get("/threads")), "", printed_[threads_heading]);
    server_.signal(SIGTERM);
    std::string status;
    EXPECT_TRUE(eventually([&] {
      status = server_.get("/status");
      return status.find("seconds_left") != std::string::npos;
    }));
    add_keys(nlohmann::json::parse(status), "", printed_[status_heading]);
  }

  [[nodiscard]] const KeysByHeading& printed() {
    if (printed_.empty()) {
      run_probe();
      run_identity();
      run_watch();
      run_load_and_report();
      run_fault();
      run(compare_heading, {"compare", "--clients", "2", "--duration", "100ms", "--patience", "50ms"});
      get_numbers_of_the_server();
    }
    return printed_;
  }

 private:
  ServerProcess server_{{.arguments = {"--identity-port", "0", "--drain-delay", "60s"},
                         .environment = {{"FAULTS", "on"}, {"POD_NAME", "echo-1"}},
                         .env_file = {}}};
  UnusedPort unused_;
  std::string good_;
  std::string refused_ = unused_.endpoint().to_string();
  KeysByHeading printed_;
};

TEST_F(CliDocs, HaveEachKeyThatTheProgramPrintsAndNoOther) {
  EXPECT_EQ(printed().size(), 11U);
  EXPECT_THAT(found_in_tables(key_pages(), printed()), IsEmpty());
}

TEST_F(CliDocs, DoNotAgreeWithAKeyThatIsMissingOnOneSide) {
  const std::string row = "| `messages[].sequence` |";
  EXPECT_THAT(found_in_tables(keys_with(row, "| `messages[].number` |"), printed()),
              ElementsAre("JSON of probe: missing: `messages[].sequence`",
                          "JSON of probe: not of the program: `messages[].number`"));
  EXPECT_THAT(found_in_tables(keys_with(row, "| messages |"), printed()),
              ElementsAre("JSON of probe: missing: `messages[].sequence`",
                          StartsWith("JSON of probe: not of the program: not a row of a key: ")));
  EXPECT_THAT(found_in_tables(keys_with(row, row + " text | |\n" + row), printed()),
              ElementsAre("JSON of probe: twice: `messages[].sequence`"));
  KeysByHeading without = printed();
  without[load_heading].erase("`latency.p99_seconds`");
  without[report_heading].insert("`sources[].pod`");
  EXPECT_THAT(found_in_tables(key_pages(), without),
              ElementsAre("JSON of load: not of the program: `latency.p99_seconds`",
                          "JSON of report: missing: `sources[].pod`"));
}

TEST_F(CliDocs, ShowExamplesOfWhatTheTablesSay) {
  const std::string text = key_pages();
  const KeysByHeading examples = keys_of_examples(text);
  EXPECT_EQ(examples.size(), printed().size());
  for (const auto& [heading, keys] : examples) {
    const auto documented = documented_keys(text, heading);
    for (const std::string& key : keys) {
      EXPECT_THAT(documented, ::testing::Contains(key)) << heading;
    }
  }
}

TEST(CliDocsSections, AreThoseOfTheCommandsEachWithAnExample) {
  EXPECT_THAT(found_in_sections(source_file("docs/cli.md")), IsEmpty());
  EXPECT_THAT(found_in_sections(commands_with("\n## report\n", "\n## merge\n")),
              ElementsAre("missing: report with an example", StartsWith("not of the program: merge")));
  EXPECT_THAT(found_in_sections(commands_with("$ threadecho version", "$ threadecho --version")),
              ElementsAre("missing: version with an example", "not of the program: version without an example"));
}

TEST(CliDocsKinds, AreThoseOfTheProgramWithTheStatusOfProbe) {
  const std::string heading = "### Kinds of errors";
  EXPECT_THAT(differences(rows_of_kinds(), table_rows(source_file("docs/json.md"), heading)), IsEmpty());
  EXPECT_EQ(differences(rows_of_kinds(), table_rows(keys_with("`refused` | 10", "`refused` | 11"), heading)).size(),
            2U);
}

}  // namespace
}  // namespace threadecho::test
