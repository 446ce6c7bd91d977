#include "load/load_arguments.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "support/usage_errors.h"

namespace threadecho::test {
namespace {

using load::LoadMode;
using load::LoadOptions;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

LoadOptions parse(std::vector<const char*> arguments) {
  return parsed_by(&load::parse_load_arguments, std::move(arguments));
}

std::string error_of(std::vector<const char*> arguments) {
  return usage_error_of(&load::parse_load_arguments, std::move(arguments));
}

TEST(LoadArguments, HaveDefaults) {
  const LoadOptions options = parse({"localhost:9000"});
  EXPECT_EQ(options.target.to_string(), "localhost:9000");
  EXPECT_EQ(options.mode, LoadMode::kClosed);
  EXPECT_EQ(options.connections, 1U);
  EXPECT_EQ(options.threads, 1U);
  EXPECT_EQ(options.pipeline, 1U);
  EXPECT_EQ(options.timeout, seconds(5));
  EXPECT_EQ(options.size, 64U);
  EXPECT_EQ(options.duration, seconds(10));
  EXPECT_EQ(options.warmup, seconds(1));
  EXPECT_FALSE(options.reconnect);
}

TEST(LoadArguments, TakeEveryFlag) {
  const LoadOptions options = parse({"--connections",
                                     "12",
                                     "--size=16KiB",
                                     "--pipeline",
                                     "3",
                                     "--threads",
                                     "5",
                                     "--duration",
                                     "250ms",
                                     "--warmup",
                                     "0",
                                     "--timeout",
                                     "2s",
                                     "--source",
                                     "127.0.0.2,127.0.0.3",
                                     "--source",
                                     "127.0.0.4",
                                     "--reconnect",
                                     "--json",
                                     "--raw-samples",
                                     "samples.txt",
                                     "echo.example:7"});
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
  EXPECT_EQ(options.target.to_string(), "echo.example:7");
  EXPECT_EQ(options.raw_samples, "samples.txt");
}

TEST(LoadArguments, KnowTheModes) {
  EXPECT_EQ(parse({"h:1", "--rate", "1000"}).mode, LoadMode::kOpen);
  EXPECT_DOUBLE_EQ(parse({"h:1", "--rate", "0.5"}).rate, 0.5);
  EXPECT_EQ(parse({"h:1", "--bulk"}).mode, LoadMode::kBulk);
  EXPECT_EQ(parse({"h:1", "--bulk"}).size, 65536U);
  EXPECT_EQ(parse({"h:1", "--churn"}).mode, LoadMode::kChurn);
  EXPECT_EQ(parse({"h:1", "--hold"}).mode, LoadMode::kHold);
  EXPECT_EQ(parse({"h:1", "--hold"}).warmup, seconds(0));
}

TEST(LoadArguments, HaveFlagsForRampCloseAndOutput) {
  const LoadOptions options = parse(
      {"h:1", "--churn", "--close", "reset", "--ramp", "30s", "--quiet", "--timestamps", "--report-interval", "10s"});
  EXPECT_EQ(options.close, load::LoadClose::kReset);
  EXPECT_EQ(options.ramp, seconds(30));
  EXPECT_EQ(options.report_interval, seconds(10));
  EXPECT_TRUE(options.quiet);
  EXPECT_TRUE(options.timestamps);
  EXPECT_TRUE(options.ramps_connections());
  EXPECT_FALSE(parse({"h:1", "--ramp", "30s", "--rate", "5"}).ramps_connections());
  EXPECT_EQ(parse({"h:1", "--churn"}).close, load::LoadClose::kFin);
  EXPECT_THAT(error_of({"h:1", "--close", "reset"}), HasSubstr("--close is for --churn"));
  EXPECT_THAT(error_of({"h:1", "--churn", "--close", "rst"}), HasSubstr("allowed: fin, reset"));
  EXPECT_THAT(error_of({"h:1", "--report-interval", "1ms"}), HasSubstr("allowed: 100ms to 1w"));
}

TEST(LoadArguments, TakeAStartThatIsStillToCome) {
  const text::WallTime now = std::chrono::system_clock::now();
  const std::string soon = text::format_timestamp(now + std::chrono::minutes(5));
  EXPECT_EQ(text::format_timestamp(*parse({"h:1", "--start-at", soon.c_str()}).start_at), soon);
  EXPECT_FALSE(parse({"h:1"}).start_at);
  EXPECT_THAT(error_of({"h:1", "--start-at", "2020-01-01T00:00:00Z"}), HasSubstr("in the past: it is 2"));
  EXPECT_THAT(error_of({"h:1", "--start-at", "14:30"}), HasSubstr("not a time of RFC 3339"));
  const std::string late = text::format_timestamp(now + std::chrono::hours(24 * 8));
  EXPECT_THAT(error_of({"h:1", "--start-at", late.c_str()}), HasSubstr("more than a week ahead"));
}

TEST(LoadArguments, NeedNoMoreThreadsThanConnections) {
  EXPECT_EQ(parse({"h:1", "--threads", "8", "--connections", "3"}).threads, 3U);
}

TEST(LoadArguments, NameWhatIsWrongAndWhatIsAllowed) {
  EXPECT_THAT(error_of({}), HasSubstr("HOST:PORT is missing"));
  EXPECT_THAT(error_of({"localhost"}), HasSubstr("\"localhost\" has no port"));
  EXPECT_THAT(error_of({"h:0"}), HasSubstr("1 to 65535"));
  EXPECT_THAT(error_of({"h:1", "h:2"}), HasSubstr("unexpected argument \"h:2\""));
  EXPECT_THAT(error_of({"h:1", "--conections", "1"}),
              HasSubstr("unknown flag \"--conections\"; did you mean --connections?"));
  EXPECT_THAT(error_of({"h:1", "--connections", "0"}), HasSubstr("--connections \"0\": out of range"));
  EXPECT_THAT(error_of({"h:1", "--connections", "-1"}), HasSubstr("not a whole number; allowed: 1 to 1000000"));
  EXPECT_THAT(error_of({"h:1", "--connections", "18446744073709551616"}), HasSubstr("out of range"));
  EXPECT_THAT(error_of({"h:1", "--size", "1XB"}), HasSubstr("--size \"1XB\""));
  EXPECT_THAT(error_of({"h:1", "--size", "0"}), HasSubstr("allowed: 1 to 1GiB"));
  EXPECT_THAT(error_of({"h:1", "--rate", "fast"}), HasSubstr("--rate \"fast\": not a number"));
  EXPECT_THAT(error_of({"h:1", "--rate", "-3"}), HasSubstr("allowed: messages a second, more than 0"));
  EXPECT_THAT(error_of({"h:1", "--rate", "inf"}), HasSubstr("--rate"));
  EXPECT_THAT(error_of({"h:1", "--duration", "10"}), HasSubstr("--duration \"10\""));
  EXPECT_THAT(error_of({"h:1", "--duration", "0s"}), HasSubstr("allowed: 1ms to 1w"));
  EXPECT_THAT(error_of({"h:1", "--source", "localhost"}), HasSubstr("--source \"localhost\": not an address"));
  EXPECT_THAT(error_of({"h:1", "--source", "127.0.0.1,::1"}), HasSubstr("--source \"::1\": of another family"));
}

TEST(LoadArguments, RefuseWhatDoesNotGoTogether) {
  EXPECT_THAT(error_of({"127.0.0.1:1", "--source", "::1"}),
              HasSubstr("--source \"::1\" and \"127.0.0.1:1\" are of different families"));
  EXPECT_THAT(error_of({"h:1", "--bulk", "--hold"}), HasSubstr("--bulk and --hold cannot be used together"));
  EXPECT_THAT(error_of({"h:1", "--rate", "1", "--churn"}), HasSubstr("--rate and --churn"));
  EXPECT_THAT(error_of({"h:1", "--rate", "1", "--pipeline", "2"}), HasSubstr("--pipeline"));
}

TEST(LoadArguments, NameAFlagWithoutItsValueAndOneGivenTwice) {
  EXPECT_THAT(error_of({"h:1", "--size"}), HasSubstr("--size needs a value"));
  EXPECT_THAT(error_of({"h:1", "--source", "--json"}), HasSubstr("--source needs a value"));
  EXPECT_THAT(error_of({"h:1", "--size", "1", "--size=2"}), HasSubstr("--size is given more than once"));
}

TEST(LoadArguments, AskForHelpWhateverElseIsThere) {
  EXPECT_TRUE(parse({"--help"}).help);
  EXPECT_TRUE(parse({"-h", "a", "b", "--frob"}).help);
  std::istringstream help(cli::help_text(load::load_manual()));
  for (std::string line; std::getline(help, line);) {
    EXPECT_LE(line.size(), 80U) << line;
  }
  EXPECT_THAT(cli::help_text(load::load_manual(), 1000), Not(HasSubstr("\n         ")))
      << "each exit status is one line";
  for (const char* flag :
       {"--rate",        "--bulk",     "--churn",  "--hold",     "--connections",     "--size",   "--pipeline",
        "--threads",     "--duration", "--warmup", "--timeout",  "--reconnect",       "--source", "--json",
        "--raw-samples", "--close",    "--ramp",   "--start-at", "--report-interval", "--quiet",  "--timestamps",
        "--help"}) {
    EXPECT_THAT(cli::help_text(load::load_manual()), HasSubstr(std::string("\n  ") + flag));
  }
}

}  // namespace
}  // namespace threadecho::test
