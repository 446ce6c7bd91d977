#include "admin/fault_request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace threadecho::admin {
namespace {

using namespace std::chrono_literals;
using echo::FaultKind;
using echo::FaultSpec;
using testing::AllOf;
using testing::HasSubstr;

FaultSpec parsed_fault(const std::string& body) {
  const auto spec = parse_fault(body);
  EXPECT_TRUE(spec.ok()) << body << ": " << spec.reason();
  return spec.ok() ? spec.value() : FaultSpec{};
}

TEST(FaultRequest, HasAllFieldsOfADelay) {
  const FaultSpec spec = parsed_fault(R"({"fault": "delay", "delay": "200ms", "jitter": "50ms", "share": 0.1,
      "clients": ["10.0.0.0/8", "::1"], "duration": "5m", "scope": "new"})");
  EXPECT_EQ(spec.kind, FaultKind::kDelay);
  EXPECT_EQ(spec.delay, 200ms);
  EXPECT_EQ(spec.jitter, 50ms);
  EXPECT_EQ(spec.share, 0.1);
  EXPECT_EQ(spec.duration, 5min);
  EXPECT_TRUE(spec.only_new);
  ASSERT_EQ(spec.clients.size(), 2U);
  EXPECT_EQ(spec.clients.back().to_string(), "::1/128");
}

TEST(FaultRequest, HasDefaults) {
  const FaultSpec spec = parsed_fault(R"({"duration": "1d", "fault": "reset"})");
  EXPECT_EQ(spec.kind, FaultKind::kReset);
  EXPECT_EQ(spec.after_bytes, 0U);
  EXPECT_EQ(spec.share, 1);
  EXPECT_TRUE(spec.clients.empty());
  EXPECT_FALSE(spec.only_new);
  EXPECT_EQ(parsed_fault(R"({"fault": "unready", "duration": "1s"})").kind, FaultKind::kUnready);
}

TEST(FaultRequest, TakesSizesAsNumbersAndAsTexts) {
  EXPECT_EQ(parsed_fault(R"({"fault":"throttle","duration":"1s","bytes_per_second":1000})").bytes_per_second, 1000U);
  EXPECT_EQ(parsed_fault(R"({"fault":"throttle","duration":"1s","bytes_per_second":"64KiB"})").bytes_per_second,
            65536U);
  for (const std::string name : {"stall", "close", "reset", "corrupt"}) {
    EXPECT_EQ(parsed_fault(R"({"fault":")" + name + R"(","duration":"1s","after_bytes":7})").after_bytes, 7U) << name;
  }
}

/// Each body, and what its refusal names.
TEST(FaultRequest, IsRefusedWithEachFieldThatIsWrong) {
  const std::vector<std::pair<std::string, std::vector<std::string>>> bad = {
      {"", {"not JSON"}},
      {"[]", {"not a JSON object"}},
      {"7", {"not a JSON object"}},
      {R"({"fault": "close", "duration": "1s"} more)", {"not JSON"}},
      {R"({"fault": "close", "duration": "1s", })", {"not JSON"}},
      {"{}", {"fault: missing", "duration: missing"}},
      {R"({"fault": "clsoe", "duration": "1s"})", {"fault \"clsoe\": unknown; did you mean close?"}},
      {R"({"fault": "close"})", {"duration: missing"}},
      {R"({"fault": "close", "duration": "0s"})", {"duration \"0s\": out of range; allowed: 1ms to 1d"}},
      {R"({"fault": "close", "duration": "25h"})", {"duration \"25h\": out of range"}},
      {R"({"fault": "close", "duration": 5})", {"duration: must be a string such as \"200ms\"; allowed: 1ms to 1d"}},
      {R"({"fault": "close", "duration": "1s", "share": 0})", {"share \"0\": out of range"}},
      {R"({"fault": "close", "duration": "1s", "share": 1.1})", {"share \"1.1\": out of range"}},
      {R"({"fault": "close", "duration": "1s", "share": "10%"})", {"share: must be a number; allowed: above 0"}},
      {R"({"fault": "close", "duration": "1s", "clients": "10.0.0.0/8"})", {"clients: must be a list of strings"}},
      {R"({"fault": "close", "duration": "1s", "clients": ["10.0.0.1/8"]})",
       {"clients: \"10.0.0.1/8\" has host bits set; did you mean 10.0.0.0/8?"}},
      {R"({"fault": "close", "duration": "1s", "clients": [["::1"]]})", {"clients: must be a list of strings"}},
      {R"({"fault": "close", "duration": "1s", "scope": "old"})", {"scope \"old\": not one of the allowed names"}},
      {R"({"fault": "close", "duration": "1s", "after_bytes": -1})", {"after_bytes \"-1\": not a size"}},
      {R"({"fault": "close", "duration": "1s", "after_bytes": 1.5})", {"after_bytes \"1.5\": "}},
      {R"({"fault": "close", "duration": "1s", "after_bytes": null})",
       {"after_bytes: must be a number or a string such as \"64KiB\"; allowed: 0 to 1TiB"}},
      {R"({"fault": "close", "duration": "1s", "after_bytes": {"n": 1}})",
       {"after_bytes: must be a number or a string"}},
      {R"({"fault": "delay", "duration": "1s"})", {"delay: missing"}},
      {R"({"fault": "throttle", "duration": "1s"})", {"bytes_per_second: missing"}},
      {R"({"fault": "throttle", "duration": "1s", "bytes_per_second": 0})",
       {"bytes_per_second \"0\": out of range; allowed: 1 to 1TiB"}},
      {R"({"fault": "delay", "duration": "1s", "delay": "10ms", "jitter": "11ms"})", {"jitter: more than the delay"}},
      {R"({"fault": "close", "duration": "1s", "delay": "1s", "bytes_per_second": 1})",
       {"delay: close does not take it", "bytes_per_second: close does not take it"}},
      {R"({"fault": "refuse", "duration": "1s", "after_bytes": 1})", {"after_bytes: refuse does not take it"}},
      {R"({"fault": "unready", "duration": "1s", "share": 0.5, "clients": ["::1"], "scope": "new"})",
       {"share: unready does not take it", "clients: unready does not take it", "scope: unready does not take it"}},
      {R"({"fault": "close", "duration": "1s", "duration": "2s"})", {"duration: given more than once"}},
      {R"({"fault": "close", "duration": "5x", "shar": 1, "sleep": 2})",
       {"duration \"5x\": not a duration", "\"shar\": unknown; did you mean share?", "\"sleep\": unknown"}},
      {R"({"fault": "unready", "duration": "1s", "share": 1})", {"share: unready does not take it"}},
      {R"({"fault": "close", "duration": "1s", "share": 1e400})", {"\"share\": the number is out of range"}},
      {R"({"fault": "delay", "delay_seconds": 1, "duration_seconds": 1})",
       {"\"delay_seconds\": unknown; did you mean delay?", "\"duration_seconds\": unknown; did you mean duration?"}},
  };
  for (const auto& [body, names] : bad) {
    const auto spec = parse_fault(body);
    EXPECT_FALSE(spec.ok()) << body;
    for (const std::string& name : names) {
      EXPECT_THAT(spec.reason(), HasSubstr(name)) << body;
    }
  }
}

TEST(FaultRequest, NamesFlagsToTheCommand) {
  const auto spec =
      parse_fault(R"({"fault": "delay", "duration": "25h", "jitter": "x", "clients": ["1"]})", FaultNames::kFlags);
  ASSERT_FALSE(spec.ok());
  EXPECT_THAT(spec.reason(),
              AllOf(HasSubstr("--for \"25h\": out of range"), HasSubstr("--jitter \"x\": not a duration"),
                    HasSubstr("--clients: \"1\" is not a network"), HasSubstr("DURATION: missing")));
}

}  // namespace
}  // namespace threadecho::admin
