#include "probe/probe_arguments.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <utility>
#include <vector>

#include "client/target.h"
#include "support/usage_errors.h"

namespace threadecho::test {
namespace {

using probe::ProbeOptions;
using ::testing::HasSubstr;

ProbeOptions parse(std::vector<const char*> arguments) {
  return parsed_by(&probe::parse_probe_arguments, std::move(arguments));
}

std::string error_of(std::vector<const char*> arguments) {
  return usage_error_of(&probe::parse_probe_arguments, std::move(arguments));
}

TEST(ProbeArguments, HaveDefaults) {
  const ProbeOptions options = parse({"localhost:9000"});
  EXPECT_EQ(options.target.host, "localhost");
  EXPECT_EQ(options.target.port, 9000);
  EXPECT_EQ(options.count, 4U);
  EXPECT_EQ(options.interval, std::chrono::seconds(1));
  EXPECT_EQ(options.size, 64U);
  EXPECT_EQ(options.timeout, std::chrono::seconds(5));
  EXPECT_FALSE(options.half_close || options.json || options.help);
}

TEST(ProbeArguments, TakeTheLeastAndTheMost) {
  const ProbeOptions least = parse({"a:1", "--count", "0", "--interval", "0s", "--timeout", "1ms", "--size", "1"});
  EXPECT_EQ(least.count, 0U);
  EXPECT_EQ(least.timeout, std::chrono::milliseconds(1));
  EXPECT_EQ(least.size, 1U);
  const ProbeOptions most =
      parse({"a:1", "--count", "1000000000", "--interval", "24h", "--timeout", "1h", "--size", "64MiB"});
  EXPECT_EQ(most.count, 1'000'000'000U);
  EXPECT_EQ(most.interval, std::chrono::hours(24));
  EXPECT_EQ(most.timeout, std::chrono::hours(1));
  EXPECT_EQ(most.size, std::size_t{64} * 1024 * 1024);
}

TEST(ProbeArguments, TakeFlagsOnEitherSideOfTheTarget) {
  const ProbeOptions options = parse(
      {"--count", "7", "--interval=250ms", "[::1]:1", "--size", "64KiB", "--timeout", "1m", "--half-close", "--json"});
  EXPECT_EQ(options.target.host, "::1");
  EXPECT_EQ(options.target.port, 1);
  EXPECT_EQ(options.count, 7U);
  EXPECT_EQ(options.interval, std::chrono::milliseconds(250));
  EXPECT_EQ(options.size, 65536U);
  EXPECT_EQ(options.timeout, std::chrono::minutes(1));
  EXPECT_TRUE(options.half_close);
  EXPECT_TRUE(options.json);
}

TEST(ProbeArguments, NameWhatIsWrongAndWhatIsAllowed) {
  EXPECT_THAT(error_of({}), HasSubstr("HOST:PORT is missing"));
  EXPECT_THAT(error_of({"a:1", "b:2"}), HasSubstr("unexpected argument \"b:2\""));
  EXPECT_EQ(error_of({"localhost", "9000"}), "unexpected argument \"9000\"; did you mean localhost:9000?");
  EXPECT_THAT(error_of({"a:1", "-4", "-6"}), HasSubstr("-4 and -6 cannot be used together"));
  EXPECT_THAT(error_of({"[::1]:1", "-4"}), HasSubstr("not an address of the family of -4"));
  EXPECT_THAT(error_of({"a:1", "--frob"}), HasSubstr("unknown flag \"--frob\""));
  EXPECT_THAT(error_of({"a:1", "--count", "-1"}), HasSubstr("allowed: 0 to 1000000000"));
  EXPECT_THAT(error_of({"a:1", "--count", "4x"}), HasSubstr("--count \"4x\""));
  EXPECT_THAT(error_of({"a:1", "--size", "0"}), HasSubstr("allowed: 1 to 64MiB"));
  EXPECT_THAT(error_of({"a:1", "--size", "65MiB"}), HasSubstr("out of range"));
  EXPECT_THAT(error_of({"a:1", "--timeout", "0s"}), HasSubstr("allowed: 1ms to 1h"));
  EXPECT_THAT(error_of({"a:1", "--interval", "5"}), HasSubstr("not a duration"));
  EXPECT_THAT(error_of({"a:1", "--count", "0", "--half-close"}), HasSubstr("--half-close"));
}

TEST(ProbeArguments, NameAFlagWithoutItsValueAndOneGivenTwice) {
  for (const auto& error : {error_of({"a:1", "--count"}), error_of({"a:1", "--count="}),
                            error_of({"a:1", "--count", "--json"}), error_of({"--count=", "a:1"})}) {
    EXPECT_THAT(error, HasSubstr("--count needs a value"));
  }
  EXPECT_THAT(error_of({"a:1", "--count", "1", "--count=2"}), HasSubstr("--count is given more than once"));
}

TEST(ProbeArguments, AskForHelpWhateverElseIsThere) {
  EXPECT_TRUE(parse({"--help"}).help);
  EXPECT_TRUE(parse({"-h", "a", "b", "--frob"}).help);
  std::istringstream help(cli::help_text(probe::probe_manual()));
  for (std::string line; std::getline(help, line);) {
    EXPECT_LE(line.size(), 80U) << line;
  }
  for (const char* flag : {"--count", "--interval", "--size", "--timeout", "--half-close", "--json", "--help"}) {
    EXPECT_THAT(cli::help_text(probe::probe_manual()), HasSubstr(std::string("  ") + flag));
  }
}

TEST(Target, IsReadAndWrittenWithBracketsAroundIpv6) {
  for (const char* text :
       {"localhost:9000", "192.0.2.1:1", "[2001:db8::1]:65535", "[fe80::1%eth0]:7", "echo.example:7"}) {
    const auto target = client::parse_target(text);
    ASSERT_TRUE(target.ok()) << text;
    EXPECT_EQ(target.value().to_string(), text);
  }
  EXPECT_EQ(client::parse_target("[::1]:9000").value().host, "::1");
  for (const char* text : {"tcp://[::1]:9000", "TCP://[::1]:9000", "tcp://[::1]:9000/"}) {
    EXPECT_EQ(client::parse_target(text).value().to_string(), "[::1]:9000") << text;
  }
}

TEST(Target, SaysWhyItCannotBeRead) {
  EXPECT_THAT(client::parse_target("localhost").reason(), HasSubstr("no port; did you mean localhost:9000?"));
  EXPECT_THAT(client::parse_target("tcp://localhost").reason(), HasSubstr("did you mean localhost:9000?"));
  EXPECT_THAT(client::parse_target("http://echo.example/path").reason(), HasSubstr("mean echo.example:80?"));
  EXPECT_THAT(client::parse_target("https://echo.example").reason(), HasSubstr("mean echo.example:443?"));
  EXPECT_THAT(client::parse_target("http://[::1]:8080/").reason(), HasSubstr("mean [::1]:8080?"));
  EXPECT_THAT(client::parse_target("udp://[::1]").reason(), HasSubstr("mean [::1]:PORT?"));
  EXPECT_THAT(client::parse_target("").reason(), HasSubstr("no port"));
  EXPECT_THAT(client::parse_target("[::1]").reason(), HasSubstr("no port"));
  EXPECT_THAT(client::parse_target("[::1]9000").reason(), HasSubstr("did you mean [::1]:9000?"));
  EXPECT_THAT(client::parse_target("::1:9000").reason(), HasSubstr("brackets"));
  EXPECT_THAT(client::parse_target("127.0.0.1:9000:1").reason(), HasSubstr("several colons"));
  EXPECT_THAT(client::parse_target(":9000").reason(), HasSubstr("no host"));
  EXPECT_THAT(client::parse_target("[]:9000").reason(), HasSubstr("no host"));
  EXPECT_THAT(client::parse_target("[fe80::1]:7").reason(), HasSubstr("needs its interface: [fe80::1%eth0]:7"));
  for (const char* text : {"a b:9", "\"a\":9", "'a':9", "a`:9", "a\\b:9", "a{b:9", "}:9", "[::1%a b]:9"}) {
    EXPECT_THAT(client::parse_target(text).reason(), HasSubstr("a space, a quote, a backslash or a brace")) << text;
  }
  for (const std::string& text :
       {std::string("a\x1b[31m:9"), std::string("a\x1b"), std::string("http://a\x7f"), std::string("a\0b:9", 5),
        std::string("\xC2\x9b:9"), std::string("\xff:9"), std::string("a:9\n")}) {
    const std::string reason = client::parse_target(text).reason();
    EXPECT_EQ(reason, "has a control character, or bytes that are not UTF-8") << "and repeats none";
  }
  for (const char* text : {"a:", "a:0", "a:65536", "a:http", "a:9000x", "a: 9", "a:-1"}) {
    EXPECT_THAT(client::parse_target(text).reason(), HasSubstr("1 to 65535")) << text;
  }
}

}  // namespace
}  // namespace threadecho::test
