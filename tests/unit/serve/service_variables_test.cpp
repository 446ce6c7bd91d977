#include "serve/service_variables.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "serve/notify_socket.h"

namespace threadecho::serve {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

constexpr pid_t kSelf = 42;

std::vector<std::pair<int, std::string>> passed(const host::Environment& variables) {
  std::vector<std::pair<int, std::string>> list;
  for (const PassedDescriptor& descriptor : passed_descriptors(variables, kSelf).list) {
    list.emplace_back(descriptor.number, descriptor.name);
  }
  return list;
}

std::string problem(const host::Environment& variables) {
  const auto problems = passed_descriptors(variables, kSelf).problems;
  return problems.size() == 1 ? to_string(problems.front()) : std::to_string(problems.size()) + " problems";
}

TEST(ServiceVariables, NumberDescriptorsFromThreeInTheOrderOfTheirNames) {
  EXPECT_THAT(passed({{"LISTEN_PID", "42"}, {"LISTEN_FDS", "3"}, {"LISTEN_FDNAMES", "echo:http:echo"}}),
              ElementsAre(Pair(3, "echo"), Pair(4, "http"), Pair(5, "echo")));
}

TEST(ServiceVariables, PassNothingOnIfTheyAreUnsetOrForAnotherProcess) {
  EXPECT_THAT(passed({}), IsEmpty());
  EXPECT_THAT(passed({{"LISTEN_FDS", "1"}, {"LISTEN_FDNAMES", "echo"}}), IsEmpty());
  EXPECT_THAT(passed({{"LISTEN_PID", "43"}, {"LISTEN_FDS", "1"}, {"LISTEN_FDNAMES", "echo"}}), IsEmpty());
  EXPECT_THAT(passed({{"LISTEN_PID", "42"}, {"LISTEN_FDS", "0"}}), IsEmpty());
  EXPECT_THAT(problem({{"LISTEN_PID", "43"}, {"LISTEN_FDS", "x"}}), "0 problems");
}

TEST(ServiceVariables, AreAProblemWithoutANameForEachDescriptor) {
  EXPECT_EQ(
      problem({{"LISTEN_PID", "42"}, {"LISTEN_FDS", "2"}, {"LISTEN_FDNAMES", "echo"}}),
      "LISTEN_FDNAMES=\"echo\" (environment): not one name for each of 2 descriptors; allowed: names separated by "
      "colons, as systemd sets them");
  EXPECT_THAT(problem({{"LISTEN_PID", "42"}, {"LISTEN_FDS", "2"}}), HasSubstr("LISTEN_FDNAMES=\"\""));
  for (const char* const count : {"x", "-1", "1 ", "257", "99999999999999999999"}) {
    EXPECT_THAT(problem({{"LISTEN_PID", "42"}, {"LISTEN_FDS", count}, {"LISTEN_FDNAMES", "echo"}}),
                HasSubstr("LISTEN_FDS=\"" + std::string(count) +
                          "\" (environment): not a number of descriptors; allowed: 0 to 256"));
  }
}

TEST(ServiceVariables, GiveTheIntervalOfTheWatchdog) {
  EXPECT_EQ(watchdog_interval({{"WATCHDOG_USEC", "20000000"}, {"WATCHDOG_PID", "42"}}, kSelf), 20s);
  EXPECT_EQ(watchdog_interval({{"WATCHDOG_USEC", "500"}}, kSelf), 500us);
  EXPECT_EQ(watchdog_interval({{"WATCHDOG_USEC", "20000000"}, {"WATCHDOG_PID", "43"}}, kSelf), std::nullopt);
  for (const char* const interval : {"", "0", "x", "-1", "18446744073709551615"}) {
    EXPECT_EQ(watchdog_interval({{"WATCHDOG_USEC", interval}}, kSelf), std::nullopt) << interval;
  }
}

TEST(ServiceVariables, AreTakenOutOfTheEnvironment) {
  ::setenv("LISTEN_FDS", "0", 1);         // NOLINT(concurrency-mt-unsafe): no other thread
  ::setenv("NOTIFY_SOCKET", "@gone", 1);  // NOLINT(concurrency-mt-unsafe)
  host::Environment environment = {{"LISTEN_FDS", "0"}, {"NOTIFY_SOCKET", "@gone"}, {"PORT", "1"}};
  EXPECT_THAT(take_service_variables(environment),
              ElementsAre(Pair("LISTEN_FDS", "0"), Pair("NOTIFY_SOCKET", "@gone")));
  EXPECT_THAT(environment, ElementsAre(Pair("PORT", "1")));
  EXPECT_EQ(::getenv("LISTEN_FDS"), nullptr);     // NOLINT(concurrency-mt-unsafe)
  EXPECT_EQ(::getenv("NOTIFY_SOCKET"), nullptr);  // NOLINT(concurrency-mt-unsafe)
}

TEST(UnixAddress, IsAPathWithItsNulOrAnAbstractName) {
  const auto path = parse_unix_address("/run/notify");
  ASSERT_TRUE(path);
  EXPECT_STREQ(path->address.sun_path, "/run/notify");
  EXPECT_EQ(path->length, offsetof(sockaddr_un, sun_path) + 12);
  const auto abstract = parse_unix_address("@run");
  ASSERT_TRUE(abstract);
  EXPECT_EQ(std::string(abstract->address.sun_path, 4), std::string("\0run", 4));
  EXPECT_EQ(abstract->length, offsetof(sockaddr_un, sun_path) + 4);
}

TEST(UnixAddress, IsNothingElse) {
  constexpr std::size_t kRoom = sizeof(sockaddr_un::sun_path);
  for (const std::string& text :
       {std::string(), std::string("@"), std::string("/"), std::string("run/notify"), std::string("vsock:2:1"),
        "/" + std::string(kRoom - 1, 'x'), "@" + std::string(kRoom, 'x')}) {
    EXPECT_FALSE(parse_unix_address(text)) << text;
  }
  EXPECT_TRUE(parse_unix_address("/" + std::string(kRoom - 2, 'x')));
  EXPECT_TRUE(parse_unix_address("@" + std::string(kRoom - 1, 'x')));
}

}  // namespace
}  // namespace threadecho::serve
