#include <gtest/gtest.h>
#include <pthread.h>
#include <spdlog/sinks/base_sink.h>

#include <atomic>
#include <latch>
#include <memory>
#include <mutex>
#include <utility>

#include "echo/limits.h"
#include "echo/server.h"
#include "support/echo_fixture.h"
#include "support/process_facts.h"
#include "support/test_client.h"

namespace threadecho::test {
namespace {

std::latch go_on(1);  // for a function that takes no argument but what the thread has kept

/// Keeps the first thread that logs a connection's end from ending until `go_on`: the destructor of a thread-specific
/// key runs after the last line of our code.
class DelaysTheFirst final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  DelaysTheFirst() {
    ::pthread_key_create(&key_, [](void*) { go_on.wait(); });
  }
  ~DelaysTheFirst() override { ::pthread_key_delete(key_); }
  DelaysTheFirst(const DelaysTheFirst&) = delete;
  DelaysTheFirst& operator=(const DelaysTheFirst&) = delete;

 protected:
  void sink_it_(const spdlog::details::log_msg& msg) override {
    const std::string_view line(msg.payload.data(), msg.payload.size());
    if (line.starts_with("connection closed") && !std::exchange(has_delayed_, true)) {
      ::pthread_setspecific(key_, this);
    }
  }
  void flush_() override {}

 private:
  pthread_key_t key_{};
  bool has_delayed_ = false;
};

TEST(EndedThreads, DoNotPileUpBehindOneThatIsSlowToEnd) {
  auto sink = std::make_shared<spdlog::logger>("test", std::make_shared<DelaysTheFirst>());
  log::Logger log(std::move(sink), log::LogFormat::kText);
  const config::Settings settings = test_settings();
  echo::Server server(settings, echo::effective_limit(settings, 0), log);
  server.start();
  for (std::uint64_t i = 0; i < 50; ++i) {
    EXPECT_EQ(TestClient(loopback(server.endpoint())).echo("hello"), "hello");
    EXPECT_TRUE(eventually([&] { return server.totals().accepted == i + 1 && server.totals().active == 0; }));
  }
  // The slow one, and the one that joins it.
  EXPECT_TRUE(eventually([] { return count_threads("echo-") == 2; })) << count_threads("echo-");
  go_on.count_down();
  EXPECT_TRUE(eventually([] { return count_threads("echo-") == 0; })) << count_threads("echo-");
}

}  // namespace
}  // namespace threadecho::test
