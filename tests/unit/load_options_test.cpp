#include "client/load_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "client/load_target.h"

namespace threadecho::test {
namespace {

using client::LoadMode;
using client::LoadOptions;
using client::ParsedLoad;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;
using ::testing::SizeIs;

ParsedLoad parse(const std::vector<const char*>& arguments) {
  return client::parse_load_arguments(static_cast<int>(arguments.size()), arguments.data());
}

LoadOptions accepted(const std::vector<const char*>& arguments) {
  const ParsedLoad parsed = parse(arguments);
  EXPECT_FALSE(parsed.exit) << parsed.exit->text;
  return parsed.options;
}

/// What is said about them; exactly one line, status 2.
std::string refused(const std::vector<const char*>& arguments) {
  const ParsedLoad parsed = parse(arguments);
  if (!parsed.exit) {
    ADD_FAILURE() << "accepted: " << arguments.back();
    return {};
  }
  EXPECT_EQ(parsed.exit->status, 2);
  EXPECT_EQ(std::ranges::count(parsed.exit->text, '\n'), 1) << parsed.exit->text;
  return parsed.exit->text;
}

TEST(LoadOptions, HasDefaultsForEverythingButTheTarget) {
  const LoadOptions options = accepted({"localhost:9000"});
  EXPECT_EQ(options.target, "localhost:9000");
  EXPECT_EQ(options.mode, LoadMode::kClosed);
  EXPECT_EQ(options.connections, 1U);
  EXPECT_EQ(options.threads, 1U);
  EXPECT_EQ(options.size, 64U);
  EXPECT_EQ(options.duration, seconds(10));
  EXPECT_EQ(options.warmup, seconds(1));
  EXPECT_FALSE(options.reconnect);
}

TEST(LoadOptions, ReadsEveryFlag) {
  const LoadOptions options =
      accepted({"--connections",       "12",       "--size=16KiB", "--pipeline",  "3",         "--threads", "5",
                "--duration",          "250ms",    "--warmup",     "0",           "--timeout", "2s",        "--source",
                "127.0.0.2,127.0.0.3", "--source", "127.0.0.4",    "--reconnect", "--json",    "[::1]:7"});
  EXPECT_EQ(options.connections, 12U);
  EXPECT_EQ(options.size, 16U * 1024);
  EXPECT_EQ(options.pipeline, 3U);
  EXPECT_EQ(options.threads, 5U);
  EXPECT_EQ(options.duration, milliseconds(250));
  EXPECT_EQ(options.warmup, milliseconds(0));
  EXPECT_EQ(options.timeout, seconds(2));
  EXPECT_THAT(options.sources, SizeIs(3));
  EXPECT_TRUE(options.reconnect);
  EXPECT_TRUE(options.json);
  EXPECT_EQ(options.target, "[::1]:7");
}

TEST(LoadOptions, KnowsTheModes) {
  EXPECT_EQ(accepted({"h:1", "--rate", "1000"}).mode, LoadMode::kOpen);
  EXPECT_DOUBLE_EQ(accepted({"h:1", "--rate", "0.5"}).rate, 0.5);
  EXPECT_EQ(accepted({"h:1", "--bulk"}).mode, LoadMode::kBulk);
  EXPECT_EQ(accepted({"h:1", "--bulk"}).size, 65536U);
  EXPECT_EQ(accepted({"h:1", "--churn"}).mode, LoadMode::kChurn);
  EXPECT_EQ(accepted({"h:1", "--hold"}).mode, LoadMode::kHold);
  EXPECT_EQ(accepted({"h:1", "--hold"}).warmup, seconds(0));
}

TEST(LoadOptions, NeedsNoMoreThreadsThanConnections) {
  EXPECT_EQ(accepted({"h:1", "--threads", "8", "--connections", "3"}).threads, 3U);
}

TEST(LoadOptions, RefusesWhatIsWrongInOneLine) {
  EXPECT_THAT(refused({}), HasSubstr("HOST:PORT is missing"));
  EXPECT_THAT(refused({"localhost"}), HasSubstr("'localhost' is not HOST:PORT"));
  EXPECT_THAT(refused({"h:0"}), HasSubstr("1 to 65535"));
  EXPECT_THAT(refused({"h:1", "--connections", "0"}), HasSubstr("--connections: '0'"));
  EXPECT_THAT(refused({"h:1", "--connections", "-1"}), HasSubstr("--connections"));
  EXPECT_THAT(refused({"h:1", "--size", "1KB"}), HasSubstr("--size: '1KB'"));
  EXPECT_THAT(refused({"h:1", "--size", "0"}), HasSubstr("--size"));
  EXPECT_THAT(refused({"h:1", "--rate", "fast"}), HasSubstr("--rate: 'fast'"));
  EXPECT_THAT(refused({"h:1", "--rate", "-3"}), HasSubstr("--rate"));
  EXPECT_THAT(refused({"h:1", "--duration", "10"}), HasSubstr("--duration: '10'"));
  EXPECT_THAT(refused({"h:1", "--duration", "0s"}), HasSubstr("--duration"));
  EXPECT_THAT(refused({"h:1", "--source", "localhost"}), HasSubstr("--source: 'localhost'"));
  EXPECT_THAT(refused({"h:1", "--bulk", "--hold"}), HasSubstr("--bulk and --hold exclude each other"));
  EXPECT_THAT(refused({"h:1", "--rate", "1", "--churn"}), HasSubstr("--rate and --churn"));
  EXPECT_THAT(refused({"h:1", "--rate", "1", "--pipeline", "2"}), HasSubstr("--pipeline"));
  EXPECT_THAT(refused({"h:1", "--conections", "1"}), HasSubstr("--conections"));
  EXPECT_THAT(refused({"h:1", "h:2"}), HasSubstr("h:2"));
  EXPECT_THAT(refused({"h:1", "--size"}), HasSubstr("--size"));
}

TEST(LoadOptions, HelpWinsAndFitsTheScreen) {
  const ParsedLoad parsed = parse({"--help"});
  ASSERT_TRUE(parsed.exit);
  EXPECT_EQ(parsed.exit->status, 0);
  for (const char* flag : {"--connections", "--size", "--pipeline", "--threads", "--duration", "--warmup", "--rate",
                           "--bulk", "--churn", "--hold", "--source", "--reconnect", "--timeout", "--json"}) {
    EXPECT_THAT(parsed.exit->text, HasSubstr(flag));
  }
}

TEST(LoadTarget, SplitsHostAndPort) {
  EXPECT_EQ(client::split_target("[::1]:9000")->host, "::1");
  EXPECT_EQ(client::split_target("echo.example:7")->port, "7");
  for (const char* wrong : {"", ":9000", "h", "h:", "h:65536", "h:x", "::1:9000", "[]:1"}) {
    EXPECT_FALSE(client::split_target(wrong)) << wrong;
  }
}

TEST(LoadTarget, KeepsToTheFamilyOfTheSources) {
  const auto source = net::Endpoint::parse("127.0.0.2", 0);
  ASSERT_TRUE(source);
  EXPECT_THAT(client::resolve({"127.0.0.1", "9"}, {*source}), SizeIs(1));
  EXPECT_THROW(client::resolve({"::1", "9"}, {*source}), client::TargetError);
}

}  // namespace
}  // namespace threadecho::test
