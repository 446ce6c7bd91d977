#include "support/interrupted_calls.h"

#include <gtest/gtest.h>

#include <string>

#include "support/echo_fixture.h"

namespace threadecho::test {
namespace {

class InterruptedEcho : public OverAllModels {};
INSTANTIATE_TEST_SUITE_P(, InterruptedEcho, all_models(), name_of_model);

TEST_P(InterruptedEcho, GoesOnAtOnceWithEveryByte) {
  auto settings = test_settings();
  settings.write_timeout = std::chrono::milliseconds(0);  // so that only the call itself continues a send
  const EchoServer server(settings);
  const InterruptedCalls interrupted;  // before the first recv, which waits
  const TestClient client = server.connect();
  for (int i = 0; i < 10; ++i) {
    const std::string message = random_bytes(1000, static_cast<unsigned>(i));
    ASSERT_EQ(client.echo(message), message);
  }
  EXPECT_GE(InterruptedCalls::count(), 10);
}

}  // namespace
}  // namespace threadecho::test
