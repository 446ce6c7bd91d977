#include "config/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pthread.h>

#include "config/setting_kinds.h"
#include "config/settings_table.h"
#include "support/load_settings.h"

namespace threadecho::config {
namespace {

using test::LoadSettings;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// A host name of this many bytes.
std::string long_name(std::size_t bytes) {
  std::string name;
  while (name.size() < bytes) {
    name += name.size() % 2 == 1 ? '.' : 'a';
  }
  name.back() = 'z';
  return name;
}

TEST(SettingsTable, AgreesWithTheInitialisersOfSettings) {
  for (const SettingRow& row : settings_table()) {
    Settings settings;
    const std::string initial = row.kind.show(settings);
    if (row.name == "HTTP_BIND_ADDRESS") {
      EXPECT_EQ(initial, Settings{}.bind_address);
    } else if (row.name == "POOL_THREADS") {
      EXPECT_EQ(initial, std::to_string(number_of_cpus()));
    } else if (row.default_text.empty()) {
      EXPECT_EQ(initial, "") << row.name;
    } else {
      EXPECT_EQ(row.kind.parse(row.default_text, settings), std::nullopt) << row.name;
      EXPECT_EQ(row.kind.show(settings), initial) << row.name;
    }
  }
}

TEST(SettingsTable, CanShowWhatItsMembersHold) {
  // Each row changes a member of its own. So changing one after the other must not undo any.
  const std::map<std::string_view, std::string_view> others{{"PORT", "1"},
                                                            {"BIND_ADDRESS", "127.0.0.1"},
                                                            {"HTTP_PORT", "2"},
                                                            {"HTTP_BIND_ADDRESS", "::1"},
                                                            {"HTTP_ALLOWED_HOSTS", "a,b"},
                                                            {"PROXY_PORT", "15"},
                                                            {"PROXY_TRUSTED", "10.0.0.0/8"},
                                                            {"IDENTITY_PORT", "16"},
                                                            {"THREAD_MODEL", "pool"},
                                                            {"POOL_THREADS", "14"},
                                                            {"MAX_CONNECTIONS", "3"},
                                                            {"MAX_CONNECTIONS_PER_CLIENT", "4"},
                                                            {"THREAD_STACK_SIZE", "1MiB"},
                                                            {"BUFFER_SIZE", "5"},
                                                            {"SOCKET_BUFFER_SIZE", "6KiB"},
                                                            {"LISTEN_BACKLOG", "7"},
                                                            {"SCHED_POLICY", "batch"},
                                                            {"CONGESTION_CONTROL", "reno"},
                                                            {"IDLE_TIMEOUT", "8ms"},
                                                            {"WRITE_TIMEOUT", "9s"},
                                                            {"MAX_CONNECTION_AGE", "10s"},
                                                            {"TCP_KEEPALIVE", "11s"},
                                                            {"DRAIN_DELAY", "12s"},
                                                            {"READY_DURING_DRAIN_DELAY", "on"},
                                                            {"DRAIN_TIMEOUT", "13s"},
                                                            {"FAULTS", "on"},
                                                            {"LOG_LEVEL", "off"},
                                                            {"LOG_FORMAT", "json"},
                                                            {"ENV_FILE", "other"}};
  Settings settings;
  for (const SettingRow& row : settings_table()) {
    EXPECT_EQ(row.kind.parse(others.at(row.name), settings), std::nullopt) << row.name;
  }
  for (const SettingRow& row : settings_table()) {
    EXPECT_EQ(row.kind.show(settings), others.at(row.name)) << row.name;
  }
  EXPECT_EQ(others.size(), settings_table().size());
}

TEST(SettingsTable, SaysWhatIsAllowedAndMeantInOneLine) {
  for (const SettingRow& row : settings_table()) {
    EXPECT_EQ(find_setting(row.name), &row) << "listed twice";
    EXPECT_FALSE(row.kind.allowed.empty()) << row.name;
    EXPECT_FALSE(row.meaning.empty()) << row.name;
    EXPECT_EQ(row.meaning.find('\n'), std::string_view::npos) << row.name;
    EXPECT_NE(row.default_text.empty(), row.default_words.empty()) << row.name;
  }
  EXPECT_EQ(find_setting("ANOTHER_PORT"), nullptr);
}

TEST_F(LoadSettings, NamesAVariableThatKubernetesInjected) {
  EXPECT_THAT(problem_with("HTTP_PORT", "tcp://10.0.0.1:80"),
              AllOf(HasSubstr("HTTP_PORT=\"tcp://10.0.0.1:80\""), HasSubstr("Kubernetes"),
                    HasSubstr("enableServiceLinks: false"), HasSubstr("0 to 65535")));
  EXPECT_THAT(problem_with("PORT", "udp://10.0.0.1:80"), HasSubstr("Kubernetes"));
}

TEST_F(LoadSettings, KeepsNumbersInTheirRange) {
  for (const auto* good : {"0", "65535", "007"}) {
    EXPECT_EQ(problem_with("PORT", good), "") << good;
  }
  for (const auto* bad : {"65536", "-1", "+1", " 1", "1 ", "0x10", "1e3", "99999999999999999999", "x"}) {
    EXPECT_THAT(problem_with("PORT", bad), HasSubstr("allowed: 0 to 65535")) << bad;
  }
  EXPECT_EQ(problem_with("MAX_CONNECTIONS_PER_CLIENT", "0"), "");
  EXPECT_NE(problem_with("MAX_CONNECTIONS", "0"), "");
  EXPECT_NE(problem_with("MAX_CONNECTIONS", "4294967297"), "") << "would be 1 in 32 bits";
  EXPECT_NE(problem_with("LISTEN_BACKLOG", "0"), "");
}

TEST_F(LoadSettings, KeepsDurationsInTheirRange) {
  for (const auto* name :
       {"IDLE_TIMEOUT", "WRITE_TIMEOUT", "MAX_CONNECTION_AGE", "TCP_KEEPALIVE", "DRAIN_DELAY", "DRAIN_TIMEOUT"}) {
    EXPECT_EQ(problem_with(name, "0"), "") << name;
    EXPECT_EQ(problem_with(name, "5m"), "") << name;
    EXPECT_THAT(problem_with(name, "2y"), HasSubstr("out of range; allowed: 0s, or ")) << name;
    EXPECT_THAT(problem_with(name, "5"), HasSubstr("not a duration")) << name;
  }
  EXPECT_THAT(problem_with("TCP_KEEPALIVE", "1500ms"), HasSubstr("not a multiple of 1s"));
  EXPECT_THAT(problem_with("TCP_KEEPALIVE", "10h"), HasSubstr("1s to 9h"));
  EXPECT_THAT(problem_with("WRITE_TIMEOUT", "3ms"), HasSubstr("100ms to 24d"));
}

TEST_F(LoadSettings, KeepsSizesInTheirRange) {
  EXPECT_EQ(problem_with("SOCKET_BUFFER_SIZE", "0"), "");
  EXPECT_EQ(problem_with("SOCKET_BUFFER_SIZE", "1GiB"), "");
  EXPECT_THAT(problem_with("SOCKET_BUFFER_SIZE", "1"), HasSubstr("4KiB to 1GiB"));
  EXPECT_THAT(problem_with("THREAD_STACK_SIZE", "16KiB"), HasSubstr("KiB to 1GiB"));
  EXPECT_THAT(problem_with("THREAD_STACK_SIZE", "2GiB"), HasSubstr("KiB to 1GiB"));
  EXPECT_EQ(problem_with("BUFFER_SIZE", "1"), "");
  EXPECT_NE(problem_with("BUFFER_SIZE", "0"), "");
}

TEST(StackSizeSetting, IsNeverBelowWhatTheSystemDemands) {
  constexpr std::uint64_t kKiB = 1024;
  const auto kind = [](std::uint64_t system_minimum) {
    return member(&Settings::thread_stack_size, stack_size(64 * kKiB, 1024 * kKiB, system_minimum));
  };
  Settings settings;
  const SettingKind usual = kind(16 * kKiB);
  EXPECT_EQ(usual.allowed, "64KiB to 1MiB");
  EXPECT_EQ(usual.parse("64KiB", settings), std::nullopt);
  const SettingKind arm64 = kind(128 * kKiB);
  EXPECT_EQ(arm64.allowed, "128KiB to 1MiB (this system has no smaller stacks)");
  EXPECT_EQ(arm64.parse("127KiB", settings), "out of range");
  EXPECT_EQ(arm64.parse("128KiB", settings), std::nullopt) << "the default";
  EXPECT_THAT(kind(128 * kKiB + 1).allowed, HasSubstr("129KiB to 1MiB"));
  EXPECT_EQ(kind(0).allowed, usual.allowed);
}

TEST(StackSizeSetting, HasAMinimumThatAThreadCanBeStartedWith) {
  const std::string least = find_setting("THREAD_STACK_SIZE")->kind.allowed;
  Settings settings;
  ASSERT_EQ(find_setting("THREAD_STACK_SIZE")->kind.parse(least.substr(0, least.find(' ')), settings), std::nullopt);
  pthread_attr_t attributes;
  ASSERT_EQ(::pthread_attr_init(&attributes), 0);
  EXPECT_EQ(::pthread_attr_setstacksize(&attributes, settings.thread_stack_size), 0);
  ::pthread_attr_destroy(&attributes);
}

TEST_F(LoadSettings, TakesNamesInAnyCase) {
  sources_.environment = {{"LOG_LEVEL", "WARN"}, {"LOG_FORMAT", "Json"}, {"SCHED_POLICY", "BATCH"}};
  EXPECT_EQ(settings().log_level, log::LogLevel::kWarning);
  EXPECT_EQ(settings().log_format, log::LogFormat::kJson);
  EXPECT_EQ(settings().sched_policy, SchedPolicy::kBatch);
  EXPECT_EQ(value("LOG_LEVEL").text, "warning");
  EXPECT_THAT(problem_with("LOG_LEVEL", "loud"), HasSubstr("trace, debug, info"));
}

TEST_F(LoadSettings, KnowsThreeThreadModelsAndShowsHowManyThreadsAPoolHas) {
  EXPECT_EQ(settings().thread_model, ThreadModel::kPerConnection);
  EXPECT_EQ(value("POOL_THREADS").text, std::to_string(number_of_cpus()));
  EXPECT_THAT(problem_with("THREAD_MODEL", "fork"),
              AllOf(HasSubstr("not one of"), HasSubstr("allowed: per-connection, blocking-pool, pool")));
  EXPECT_THAT(problem_with("POOL_THREADS", "0"), HasSubstr("allowed: 1 to 1024"));
  sources_.environment = {{"THREAD_MODEL", "pool"}, {"POOL_THREADS", "3"}};
  EXPECT_EQ(settings().thread_model, ThreadModel::kPool);
  EXPECT_EQ(settings().pool_threads, 3U);
  sources_.environment = {{"THREAD_MODEL", "blocking-pool"}, {"POOL_THREADS", "1"}};
  EXPECT_EQ(settings().thread_model, ThreadModel::kBlockingPool);
  EXPECT_EQ(settings().pool_threads, 1U);
}

TEST_F(LoadSettings, TakesNumericAddressesOnly) {
  for (const auto* good : {"0.0.0.0", "127.0.0.1", "::", "::1", "2001:db8::1", "::ffff:10.0.0.1", "fe80::1%eth0"}) {
    EXPECT_EQ(problem_with("BIND_ADDRESS", good), "") << good;
  }
  for (const auto* bad : {"localhost", "*", "[::1]", "127.1", "0x7f.0.0.1", "010.0.0.1", "127.0.0.1:80", "127.0.0.1%lo",
                          "::1%", " ::1", "256.0.0.1", "1"}) {
    EXPECT_THAT(problem_with("BIND_ADDRESS", bad), HasSubstr("not a numeric address")) << bad;
  }
  EXPECT_NE(problem_with("BIND_ADDRESS", std::string("::1\0x", 5)), "");
}

TEST_F(LoadSettings, BindsHttpWhereEchoIsBound) {
  sources_.environment = {{"BIND_ADDRESS", "127.0.0.1"}};
  EXPECT_EQ(settings().http_bind_address, "127.0.0.1");
  EXPECT_EQ(value("HTTP_BIND_ADDRESS").source, Source::kDefault);
  sources_.environment.emplace("HTTP_BIND_ADDRESS", "::1");
  EXPECT_EQ(settings().http_bind_address, "::1");
}

TEST_F(LoadSettings, RefusesOnePortForBothListeners) {
  sources_.environment = {{"PORT", "8080"}};
  EXPECT_THAT(only_problem(),
              AllOf(HasSubstr("HTTP_PORT=\"8080\" (default)"), HasSubstr("PORT=\"8080\" (environment)")));
  sources_.environment = {{"PORT", "0"}, {"HTTP_PORT", "0"}};
  EXPECT_THAT(problems(), IsEmpty());
  sources_.environment = {
      {"PORT", "80"}, {"HTTP_PORT", "80"}, {"BIND_ADDRESS", "127.0.0.1"}, {"HTTP_BIND_ADDRESS", "::1"}};
  EXPECT_THAT(problems(), IsEmpty());
  sources_.environment["HTTP_BIND_ADDRESS"] = "127.0.0.1";
  EXPECT_EQ(problems().size(), 1U);
  sources_.environment["HTTP_BIND_ADDRESS"] = "x";
  EXPECT_THAT(only_problem(), HasSubstr("HTTP_BIND_ADDRESS"));
}

TEST_F(LoadSettings, KeepsTheBufferInsideTheStack) {
  sources_.environment = {{"THREAD_STACK_SIZE", "128KiB"}, {"BUFFER_SIZE", "80KiB"}};
  EXPECT_THAT(problems(), IsEmpty());
  sources_.environment["BUFFER_SIZE"] = "81921";
  EXPECT_THAT(only_problem(), AllOf(HasSubstr("BUFFER_SIZE=\"81921\""), HasSubstr("THREAD_STACK_SIZE=\"128KiB\""),
                                    HasSubstr("at most 80KiB")));
  if (config::least_stack_size() <= 64 * 1024) {
    sources_.environment = {{"THREAD_STACK_SIZE", "64KiB"}};
    EXPECT_THAT(only_problem(), AllOf(HasSubstr("BUFFER_SIZE=\"64KiB\" (default)"), HasSubstr("at most 16KiB")));
  }
  sources_.environment["BUFFER_SIZE"] = "x";
  EXPECT_THAT(only_problem(), HasSubstr("BUFFER_SIZE=\"x\""));
}

TEST_F(LoadSettings, TakesHostNamesBetweenCommas) {
  EXPECT_THAT(settings().http_allowed_hosts, IsEmpty());
  EXPECT_EQ(problem_with("HTTP_ALLOWED_HOSTS", "Status.Example.com, threadecho\t,a_b-c,0.pool"), "");
  EXPECT_THAT(settings().http_allowed_hosts, ElementsAre("status.example.com", "threadecho", "a_b-c", "0.pool"));
  EXPECT_EQ(value("HTTP_ALLOWED_HOSTS").text, "status.example.com,threadecho,a_b-c,0.pool");
  EXPECT_EQ(problem_with("HTTP_ALLOWED_HOSTS", std::string(63, 'a') + "." + std::string(63, 'b')), "");
}

TEST_F(LoadSettings, NamesTheEntryThatIsNoHostName) {
  for (const std::string& wrong :
       {std::string("h:80"), std::string("http://h"), std::string("*.h"), std::string("a b"), std::string("h."),
        std::string(".h"), std::string("a..b"), std::string("-h"), std::string("h-"), std::string("[::1]"),
        std::string("\xC3\xA9"), std::string(64, 'a'), long_name(254)}) {
    EXPECT_THAT(problem_with("HTTP_ALLOWED_HOSTS", "first," + wrong),
                AllOf(HasSubstr("entry 2 of the list is not a host name"), HasSubstr("allowed: host names between")))
        << wrong;
  }
  EXPECT_EQ(problem_with("HTTP_ALLOWED_HOSTS", long_name(253)), "");
  for (const char* wrong : {"a,,b", "a,", "a, ,b"}) {
    EXPECT_THAT(problem_with("HTTP_ALLOWED_HOSTS", wrong), HasSubstr("entry 2 of the list is empty")) << wrong;
  }
}

TEST_F(LoadSettings, SwitchesOnTheProxyAndIdentityPortsByANumber) {
  EXPECT_EQ(settings().proxy_port, std::nullopt);
  EXPECT_EQ(value("IDENTITY_PORT").text, "off");
  sources_.environment = {{"PROXY_PORT", "9001"}, {"IDENTITY_PORT", "0"}};
  EXPECT_EQ(settings().proxy_port, 9001);
  EXPECT_EQ(value("PROXY_PORT").text, "9001");
  EXPECT_EQ(settings().identity_port, 0);
  EXPECT_EQ(problem_with("PROXY_PORT", "OFF"), "");
  for (const char* const name : {"PROXY_PORT", "IDENTITY_PORT"}) {
    EXPECT_THAT(problem_with(name, "65536"), HasSubstr("allowed: 0 to 65535, or off"));
    EXPECT_THAT(problem_with(name, "on"), HasSubstr("not a whole number"));
  }
}

TEST_F(LoadSettings, RefusesAnyPortTwice) {
  for (const char* const first : {"PORT", "HTTP_PORT", "PROXY_PORT"}) {
    for (const char* const second : {"HTTP_PORT", "PROXY_PORT", "IDENTITY_PORT"}) {
      if (std::string(first) == second) {
        continue;
      }
      sources_.environment = {{first, "7000"}, {second, "7000"}};
      EXPECT_THAT(only_problem(), HasSubstr("PORT=\"7000\" (environment): the same port as")) << first << second;
    }
  }
  sources_.environment = {{"PROXY_PORT", "0"}, {"IDENTITY_PORT", "0"}};
  EXPECT_THAT(problems(), IsEmpty());
  sources_.environment = {{"PROXY_PORT", "8080"}, {"BIND_ADDRESS", "127.0.0.1"}, {"HTTP_BIND_ADDRESS", "::1"}};
  EXPECT_THAT(problems(), IsEmpty());
}

TEST_F(LoadSettings, TakesNetworksBetweenCommas) {
  EXPECT_THAT(settings().proxy_trusted, IsEmpty());
  EXPECT_EQ(value("PROXY_TRUSTED").text, "any");
  EXPECT_EQ(problem_with("PROXY_TRUSTED", "10.0.0.0/8, 2001:DB8::/32,::1"), "");
  EXPECT_EQ(value("PROXY_TRUSTED").text, "10.0.0.0/8,2001:db8::/32,::1/128");
  EXPECT_THAT(problem_with("PROXY_TRUSTED", "10.0.0.0/8,10.0.0.1/8"),
              HasSubstr("entry 2 of the list has host bits set; did you mean 10.0.0.0/8?"));
  EXPECT_THAT(problem_with("PROXY_TRUSTED", "10.0.0.0/8,10/8"),
              AllOf(HasSubstr("entry 2 of the list is not a network in CIDR notation"), HasSubstr("10.0.0.0/8")));
  EXPECT_THAT(problem_with("PROXY_TRUSTED", "10.0.0.0/8,"), HasSubstr("entry 2 of the list is empty"));
  EXPECT_EQ(problem_with("PROXY_TRUSTED", "any"), "");
  EXPECT_THAT(settings().proxy_trusted, IsEmpty());
}

TEST_F(LoadSettings, WarnsOfTrustedNetworksWithoutAPort) {
  sources_.environment = {{"PROXY_TRUSTED", "10.0.0.0/8"}};
  const Configuration configuration = load(sources_);
  ASSERT_EQ(configuration.warnings.size(), 1U);
  EXPECT_EQ(configuration.warnings[0].name, "PROXY_TRUSTED");
  EXPECT_EQ(configuration.warnings[0].reason, "PROXY_PORT is off");
  sources_.environment = {{"PROXY_TRUSTED", "10.0.0.0/8"}, {"PROXY_PORT", "0"}};
  EXPECT_THAT(load(sources_).warnings, IsEmpty());
}

TEST_F(LoadSettings, TakesACongestionControlThatTheSystemAllows) {
  EXPECT_EQ(problem_with("CONGESTION_CONTROL", "reno"), "");
  EXPECT_EQ(settings().congestion_control, "reno");
  EXPECT_THAT(problem_with("CONGESTION_CONTROL", "bbr"), HasSubstr("allowed: reno, cubic (tcp_allowed"));
  EXPECT_THAT(problem_with("CONGESTION_CONTROL", "ren"), HasSubstr("not allowed on this system"));
  EXPECT_THAT(problem_with("CONGESTION_CONTROL", "0123456789abcdef"), HasSubstr("1 to 15 characters"));
  EXPECT_THAT(problem_with("CONGESTION_CONTROL", "a b"), HasSubstr("1 to 15 characters"));
}

TEST_F(LoadSettings, LeavesCongestionControlToTheListenerWhenTheSystemDoesNotTell) {
  sources_.allowed_congestion_control = [] { return std::optional<std::string>(); };
  EXPECT_EQ(problem_with("CONGESTION_CONTROL", "bbr"), "");
  sources_.allowed_congestion_control = nullptr;
  EXPECT_EQ(problem_with("CONGESTION_CONTROL", "bbr"), "");
}

}  // namespace
}  // namespace threadecho::config
