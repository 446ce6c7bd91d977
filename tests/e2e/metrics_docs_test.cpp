#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

#include "support/metrics_docs.h"
#include "support/server_process.h"

namespace threadecho::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string readme() {
  std::ostringstream text;
  text << std::ifstream(THREADECHO_SOURCE_DIR "/README.md").rdbuf();
  return text.str();
}

/// `text` with the first `what` replaced; it must be there.
std::string with(std::string text, std::string_view what, std::string_view instead) {
  const auto at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return text.replace(at, what.size(), instead);
}

TEST(MetricsDocs, AgreeWithWhatTheProgramExposes) {
  ServerProcess server;
  server.wait_until_serving();
  const auto program = metrics_in_exposition(server.get("/metrics"));
  EXPECT_GE(program.size(), 18U);
  EXPECT_THAT(differences(program, metrics_in_readme(readme())), IsEmpty());
}

TEST(MetricsDocsCheck, SeesARowThatIsGoneRenamedOrWrong) {
  ServerProcess server;
  server.wait_until_serving();
  const std::string exposition = server.get("/metrics");
  const auto found = [&](const std::string& document) {
    return differences(metrics_in_exposition(exposition), metrics_in_readme(document));
  };
  EXPECT_THAT(found(with(readme(), "| `threadecho_receives_total`", "| threadecho_receives_total")),
              ElementsAre("threadecho_receives_total is missing"));
  EXPECT_THAT(found(with(readme(), "| `threadecho_draining`", "| `threadecho_drain`")),
              ElementsAre("threadecho_draining is missing", "threadecho_drain does not exist"));
  EXPECT_THAT(found(with(readme(), "`threadecho_ready` | gauge", "`threadecho_ready` | counter")),
              ElementsAre("threadecho_ready is a gauge, not a counter"));
  EXPECT_THAT(found(with(readme(), "_rejected_total` | counter | `reason`", "_rejected_total` | counter | `cause`")),
              ElementsAre("threadecho_connections_rejected_total has the labels 'reason', not 'cause'"));
}

TEST(MetricsDocsCheck, SeesAMetricThatTheProgramRenamed) {
  ServerProcess server;
  server.wait_until_serving();
  const std::string renamed =
      with(server.get("/metrics"), "# TYPE threadecho_active_threads", "# TYPE threadecho_threads_active");
  EXPECT_THAT(differences(metrics_in_exposition(renamed), metrics_in_readme(readme())),
              ElementsAre("threadecho_threads_active is missing", "threadecho_active_threads does not exist"));
}

}  // namespace
}  // namespace threadecho::test
