#include "serve/service_manager.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/captured_log.h"
#include "support/notify_listener.h"

namespace threadecho::test {
namespace {

using namespace std::chrono_literals;
using serve::ServiceManager;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// A manager with a watchdog of 400 ms, and what it is told.
class ToldServiceManager : public ::testing::Test {
 protected:
  using Clock = ServiceManager::Clock;

  std::vector<std::string> messages() {
    std::vector<std::string> all;
    while (auto message = listener_.next(0ms)) {
      all.push_back(*std::move(message));
    }
    return all;
  }

  CapturedLog log_;
  NotifyListener listener_;
  ServiceManager manager_{{{"NOTIFY_SOCKET", listener_.address()}, {"WATCHDOG_USEC", "400000"}}, 1, log_.logger()};
  const Clock::time_point start_ = Clock::now();
};

TEST_F(ToldServiceManager, LearnsTheNumberOfConnectionsWhenItHasChanged) {
  manager_.ready();
  EXPECT_THAT(messages(), ElementsAre("READY=1\nSTATUS=serving, connections: 0"));
  manager_.serving(0, start_);
  EXPECT_THAT(messages(), ElementsAre("WATCHDOG=1"));
  manager_.serving(7, start_ + 50ms);
  EXPECT_THAT(messages(), IsEmpty()) << "not so soon";
  manager_.serving(7, start_ + ServiceManager::kReport);
  EXPECT_THAT(messages(), ElementsAre("WATCHDOG=1", "STATUS=serving, connections: 7"));
  manager_.serving(7, start_ + 2 * ServiceManager::kReport);
  EXPECT_THAT(messages(), ElementsAre("WATCHDOG=1"));
}

TEST_F(ToldServiceManager, HearsOfTheWatchdogOnlyWhileAllThreadsComeRound) {
  host::Heartbeat one;
  host::Heartbeat other;
  manager_.watch("one", one);
  manager_.watch("other", other);
  EXPECT_EQ(one.next(start_), start_ + 100ms);
  one.beat(start_ + 300ms);
  other.beat(start_ + 100ms);
  manager_.serving(0, start_ + 300ms);
  EXPECT_THAT(messages(), ElementsAre("WATCHDOG=1", HasSubstr("STATUS=")));
  manager_.serving(0, start_ + 401ms);
  manager_.serving(0, start_ + 502ms);
  EXPECT_THAT(messages(), IsEmpty());
  EXPECT_THAT(log_.text(),
              HasSubstr("a thread does not respond; the service manager will end this process thread=other"));
  one.beat(start_ + 600ms);
  other.beat(start_ + 600ms);
  manager_.serving(0, start_ + 603ms);
  EXPECT_THAT(messages(), ElementsAre("WATCHDOG=1"));
}

TEST_F(ToldServiceManager, GivesADrainMoreTimeWhileItGoesOn) {
  manager_.stopping(3, start_);
  EXPECT_THAT(messages(), ElementsAre("STOPPING=1", "STATUS=draining, connections: 3\nEXTEND_TIMEOUT_USEC=10000000"));
  manager_.draining(2, start_ + 10ms);
  EXPECT_THAT(messages(), IsEmpty());
  manager_.draining(2, start_ + ServiceManager::kReport);
  EXPECT_THAT(messages(), ElementsAre("STATUS=draining, connections: 2\nEXTEND_TIMEOUT_USEC=10000000"));
}

TEST(ServiceManager, NeedsNoSocket) {
  CapturedLog log;
  ServiceManager manager({{"WATCHDOG_USEC", "400000"}}, 1, log.logger());
  host::Heartbeat heartbeat;
  manager.watch("one", heartbeat);
  EXPECT_FALSE(manager.is_there());
  EXPECT_EQ(heartbeat.next(ServiceManager::Clock::now()), ServiceManager::Clock::time_point::max());
  manager.ready();
  manager.stopping(0, ServiceManager::Clock::now());
  EXPECT_EQ(log.text(), "");
}

TEST(ServiceManager, ThatDoesNotListenIsNamedOnce) {
  CapturedLog log;
  ServiceManager manager({{"NOTIFY_SOCKET", "/nonexistent/notify"}}, 1, log.logger());
  manager.ready();
  manager.stopping(0, ServiceManager::Clock::now());
  EXPECT_THAT(log.text(), HasSubstr("cannot notify the service manager error=\"No such file or directory\""));
  EXPECT_EQ(log.text().find("cannot notify"), log.text().rfind("cannot notify"));
  const ServiceManager odd({{"NOTIFY_SOCKET", "vsock:2:1"}}, 1, log.logger());
  EXPECT_THAT(log.text(), HasSubstr("notify_socket=vsock:2:1"));
}

}  // namespace
}  // namespace threadecho::test
