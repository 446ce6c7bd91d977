#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "support/documented_rows.h"
#include "support/server_process.h"
#include "support/watcher.h"

namespace threadecho::test {
namespace {

using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

/// How the row of each metric in docs/metrics.md begins: "| `threadecho_ready` | gauge | | ".
std::vector<std::string> rows_of_exposition(const std::string& text) {
  const std::regex type("# TYPE (\\S+) (\\S+)");
  const std::regex label("(?:\\{|\",)(\\w+)=\"");
  std::vector<std::string> rows;
  std::set<std::string> labels;  // of the last row
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (std::smatch found; std::regex_match(line, found, type)) {
      rows.push_back("| `" + found.str(1) + "` | " + found.str(2) + " | ");
      labels.clear();
    } else if (!line.starts_with('#') && !rows.empty()) {
      for (std::sregex_iterator it(line.begin(), line.end(), label); it != std::sregex_iterator(); ++it) {
        if (it->str(1) != "le" && labels.insert(it->str(1)).second) {
          rows.back() += (labels.size() > 1 ? ", `" : "`") + it->str(1) + "`";
        }
      }
    }
  }
  for (std::string& row : rows) {
    row += row.ends_with("| ") ? "| " : " | ";
  }
  return rows;
}

class MetricsDocs : public ::testing::Test {
 protected:
  MetricsDocs() { server_.wait_until_serving(); }
  /// What differs after one change of what the program exposes, or of the page.
  [[nodiscard]] std::vector<std::string> found_with(std::string_view what, std::string_view instead) {
    std::string exposition = server_.get("/metrics");
    std::string page = source_file("docs/metrics.md");
    std::string& changed = exposition.find(what) == std::string::npos ? page : exposition;
    EXPECT_NE(changed.find(what), std::string::npos) << what;
    changed.replace(changed.find(what), what.size(), instead);
    return differences(rows_of_exposition(exposition), table_rows(page, "## Metrics of the server"));
  }

  ServerProcess server_;
};

TEST_F(MetricsDocs, AgreeWithWhatTheProgramExposes) {
  const auto expected = rows_of_exposition(server_.get("/metrics"));
  EXPECT_GE(expected.size(), 18U);
  EXPECT_THAT(differences(expected, table_rows(source_file("docs/metrics.md"), "## Metrics of the server")), IsEmpty());
}

TEST_F(MetricsDocs, DoNotAgreeWithAMetricThatWasRenamedOrHasAnotherTypeOrLabel) {
  EXPECT_THAT(found_with("# TYPE threadecho_draining gauge", "# TYPE threadecho_drain gauge"),
              UnorderedElementsAre("missing: | `threadecho_drain` | gauge | | ",
                                   ::testing::StartsWith("not of the program: ")));
  EXPECT_THAT(found_with("| `threadecho_ready` | gauge", "| `threadecho_ready` | counter").size(), 2);
  EXPECT_THAT(found_with("rejected_total` | counter | `reason`", "rejected_total` | counter | `cause`").size(), 2);
  EXPECT_THAT(found_with("## Metrics of the server", "## Numbers").size(),
              rows_of_exposition(server_.get("/metrics")).size());
}

TEST(WatchMetricsDocs, AgreeWithWhatTheProgramExposes) {
  ServerProcess server;
  server.wait_until_serving();
  const Watcher watcher({server.echo().to_string()});
  ASSERT_TRUE(eventually([&] { return watcher.path()["tcp_rtt_seconds"] != nullptr; })) << "all series are there";
  std::vector<std::string> expected = rows_of_exposition(watcher.get("/metrics"));
  std::erase_if(expected, [](const std::string& row) { return row.find("threadecho_watch_") == std::string::npos; });
  EXPECT_EQ(expected.size(), 11U);
  EXPECT_THAT(differences(expected, table_rows(source_file("docs/metrics.md"), "## Metrics of watch")), IsEmpty());
}

}  // namespace
}  // namespace threadecho::test
