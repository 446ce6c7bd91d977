#include "admin/echo_collector.h"

#include <gtest/gtest.h>

#include <prometheus/metric_family.h>
#include <string_view>

#include "support/echo_fixture.h"

namespace threadecho::test {
namespace {

class EchoCollector : public OverAllModels {
 protected:
  static double value_of(echo::Server& server, std::string_view name) {
    for (const auto& family : admin::EchoCollector(server).Collect()) {
      if (family.name == name) {
        return family.metric.front().gauge.value;
      }
    }
    ADD_FAILURE() << "there is no " << name;
    return -1;
  }
};
INSTANTIATE_TEST_SUITE_P(, EchoCollector, all_models(), name_of_model);

TEST_P(EchoCollector, TellsAFullServerFromADrainingOne) {
  auto settings = test_settings();
  settings.max_connections = 1;
  EchoServer server(settings);
  EXPECT_EQ(value_of(server.server(), "threadecho_ready"), 1);
  EXPECT_EQ(value_of(server.server(), "threadecho_draining"), 0);

  const TestClient only = server.connect();
  EXPECT_EQ(only.echo("x"), "x");
  EXPECT_EQ(value_of(server.server(), "threadecho_ready"), 0);
  EXPECT_EQ(value_of(server.server(), "threadecho_draining"), 0);

  server.begin_drain_and_stop_accepting();
  EXPECT_EQ(value_of(server.server(), "threadecho_ready"), 0);
  EXPECT_EQ(value_of(server.server(), "threadecho_draining"), 1);
  server.stop();
}

TEST_P(EchoCollector, TellsThatAReadyServerDrains) {
  auto settings = test_settings();
  settings.ready_during_drain_delay = true;
  EchoServer server(settings);
  server.server().begin_drain();
  EXPECT_EQ(value_of(server.server(), "threadecho_ready"), 1);
  EXPECT_EQ(value_of(server.server(), "threadecho_draining"), 1);
}

}  // namespace
}  // namespace threadecho::test
