#include "fault/fault_arguments.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "fault/fault_list.h"
#include "support/usage_errors.h"

namespace threadecho::fault {
namespace {

using client::Json;
using testing::HasSubstr;

FaultOptions fault_parsed(std::vector<const char*> arguments) {
  return test::parsed_by(&parse_fault_arguments, std::move(arguments));
}

std::string fault_usage_error(std::vector<const char*> arguments) {
  return test::usage_error_of(&parse_fault_arguments, std::move(arguments));
}

TEST(FaultArguments, BecomeTheRequest) {
  const FaultOptions options =
      fault_parsed({"add", "delay", "200ms", "--share", "10%", "--for", "5m", "--at", "[::1]:8080", "--jitter", "50ms",
                    "--clients", "10.0.0.0/8", "--clients", "::1", "--scope", "new", "--json"});
  EXPECT_EQ(options.action, FaultAction::kAdd);
  EXPECT_EQ(options.request, Json::parse(R"({"fault": "delay", "duration": "5m", "delay": "200ms", "jitter": "50ms",
                                             "share": 0.1, "clients": ["10.0.0.0/8", "::1"], "scope": "new"})"));
  EXPECT_EQ(options.server.to_string(), "[::1]:8080");
  EXPECT_TRUE(options.json);
}

TEST(FaultArguments, NameTheValueOfEachKind) {
  EXPECT_EQ(fault_parsed({"add", "throttle", "1KiB", "--for", "1s"}).request["bytes_per_second"], "1KiB");
  for (const char* const kind : {"stall", "close", "reset", "corrupt"}) {
    EXPECT_EQ(fault_parsed({"add", kind, "7", "--for", "1s"}).request["after_bytes"], "7") << kind;
    EXPECT_FALSE(fault_parsed({"add", kind, "--for", "1s"}).request.contains("after_bytes")) << kind;
  }
  for (const char* const kind : {"refuse", "unready"}) {
    EXPECT_EQ(fault_parsed({"add", kind, "--for", "1s"}).request.size(), 2U) << kind;
    EXPECT_THAT(fault_usage_error({"add", kind, "7", "--for", "1s"}), HasSubstr("unexpected argument")) << kind;
  }
}

TEST(FaultArguments, OfTheOtherActions) {
  EXPECT_EQ(fault_parsed({"list"}).action, FaultAction::kList);
  EXPECT_EQ(fault_parsed({"list"}).server.to_string(), "localhost:8080");
  EXPECT_EQ(fault_parsed({"clear"}).id, std::nullopt);
  EXPECT_EQ(fault_parsed({"clear", "3"}).id, 3U);
  EXPECT_TRUE(fault_parsed({"--help"}).help);
}

TEST(FaultArguments, ThatAreWrongAreNamed) {
  EXPECT_THAT(fault_usage_error({}), HasSubstr("add, list or clear is missing"));
  EXPECT_THAT(fault_usage_error({"lsit"}), HasSubstr("did you mean list?"));
  EXPECT_THAT(fault_usage_error({"add"}), HasSubstr("KIND"));
  EXPECT_THAT(fault_usage_error({"add", "dealy", "--for", "1s"}), HasSubstr("did you mean delay?"));
  EXPECT_THAT(fault_usage_error({"add", "delay", "1s"}), HasSubstr("--for is missing"));
  EXPECT_THAT(fault_usage_error({"add", "delay", "1s", "2s", "--for", "1s"}), HasSubstr("unexpected argument \"2s\""));
  EXPECT_THAT(fault_usage_error({"add", "close", "--for", "1s", "--share", "some"}), HasSubstr("not a number"));
  EXPECT_THAT(fault_usage_error({"list", "--for", "1s"}), HasSubstr("only add takes --for"));
  EXPECT_THAT(fault_usage_error({"list", "3"}), HasSubstr("unexpected argument"));
  EXPECT_THAT(fault_usage_error({"clear", "all"}), HasSubstr("ID \"all\" is not a whole number"));
  EXPECT_THAT(fault_usage_error({"list", "--at", "localhost"}), HasSubstr("did you mean localhost:8080?"));
}

TEST(FaultArguments, AreCheckedBeforeTheServerIsAsked) {
  for (const char* const share : {"nan", "inf", "-1", "0", "101%", "1.5", "1e400"}) {
    EXPECT_THAT(fault_usage_error({"add", "close", "--for", "1s", "--share", share}), HasSubstr("--share")) << share;
  }
  EXPECT_THAT(fault_usage_error({"add", "delay", "--for", "1s"}), HasSubstr("DURATION: missing"));
  EXPECT_THAT(fault_usage_error({"add", "reset", "1.5", "--for", "1s"}), HasSubstr("AFTER_BYTES \"1.5\": not a size"));
  EXPECT_THAT(fault_usage_error({"add", "delay", "1s", "--for", "2d", "--jitter", "2s"}),
              testing::AllOf(HasSubstr("--for \"2d\": out of range"), HasSubstr("--jitter: more than the delay")));
  EXPECT_THAT(fault_usage_error({"add", "close", "--for", "1s", "--clients", "10.0.0.1/8"}),
              HasSubstr("did you mean 10.0.0.0/8?"));
  EXPECT_THAT(fault_usage_error({"add", "delay", "-5ms", "--for", "1s"}), HasSubstr("values cannot be negative"));
}

TEST(FaultArguments, TakeNetworksBetweenCommasAndTheUrlOfAServer) {
  const FaultOptions options = fault_parsed({"add", "close", "--for", "1s", "--clients", "10.0.0.0/8, ::1", "--clients",
                                             "192.0.2.1", "--at", "http://127.0.0.1:8080/"});
  EXPECT_EQ(options.request["clients"], Json::parse(R"(["10.0.0.0/8", "::1", "192.0.2.1"])"));
  EXPECT_EQ(options.server.to_string(), "127.0.0.1:8080");
}

TEST(FaultList, HasALineForEachFault) {
  const Json faults = Json::parse(R"([
      {"id": 1, "fault": "delay", "delay_seconds": 0.2, "jitter_seconds": 0.05, "share": 0.1, "clients": ["10.0.0.0/8"],
       "scope": "new", "duration_seconds": 300, "left_seconds": 299.2, "injected": 17},
      {"id": 12, "fault": "unready", "share": 1, "clients": [], "scope": "all", "duration_seconds": 1,
       "left_seconds": 0.0, "injected": 1}])");
  EXPECT_EQ(fault_list(faults, FaultAction::kList),
            "   1  delay     200ms, jitter 50ms, 10 % of new connections, 10.0.0.0/8; 5m left, injected 17 times\n"
            "  12  unready   0s left, injected 1 time\n");
  EXPECT_EQ(fault_list(Json::parse(R"([{"id": 1, "fault": "\u001b[2J", "left_seconds": 0.25}])"), FaultAction::kList),
            "   1  \\x1b[2J   250ms left, injected 0 times\n");
  for (const char* const text : {R"([{}])", R"([7])", R"([{"id": "1", "fault": "delay"}])",
                                 R"([{"id": 1, "fault": "close", "share": "all"}])"}) {
    EXPECT_THROW(fault_list(Json::parse(text), FaultAction::kList), Json::exception) << text;
  }
  EXPECT_EQ(fault_list(Json::array(), FaultAction::kList), "no fault is active\n");
  EXPECT_EQ(fault_list(Json::array(), FaultAction::kClear), "no fault was active\n");
}

}  // namespace
}  // namespace threadecho::fault
