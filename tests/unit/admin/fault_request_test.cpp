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
  EXPECT_EQ(parsed_fault(R"({"fault": "unready", "duration": "1s", "share": 1.0, "clients": [], "scope": "all"})").kind,
            FaultKind::kUnready);
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
      {R"({"fault": "clsoe", "duration": "1s"})", {"fault: not one of the allowed names", "corrupt"}},
      {R"({"fault": "close"})", {"duration: missing"}},
      {R"({"fault": "close", "duration": "0s"})", {"duration: out of range; allowed: 1ms to 1d"}},
      {R"({"fault": "close", "duration": "25h"})", {"duration: out of range"}},
      {R"({"fault": "close", "duration": 5})", {"duration: must be a text"}},
      {R"({"fault": "close", "duration": "1s", "share": 0})", {"share: out of range"}},
      {R"({"fault": "close", "duration": "1s", "share": 1.1})", {"share: out of range"}},
      {R"({"fault": "close", "duration": "1s", "share": "10%"})", {"share: of the wrong type"}},
      {R"({"fault": "close", "duration": "1s", "clients": "10.0.0.0/8"})", {"clients: of the wrong type"}},
      {R"({"fault": "close", "duration": "1s", "clients": ["10.0.0.1/8"]})", {"clients: \"10.0.0.1/8\" is not"}},
      {R"({"fault": "close", "duration": "1s", "clients": [["::1"]]})", {"clients: of the wrong type"}},
      {R"({"fault": "close", "duration": "1s", "scope": "old"})", {"scope: not one of the allowed names"}},
      {R"({"fault": "close", "duration": "1s", "after_bytes": -1})", {"after_bytes: "}},
      {R"({"fault": "close", "duration": "1s", "after_bytes": 1.5})", {"after_bytes: "}},
      {R"({"fault": "close", "duration": "1s", "after_bytes": null})", {"after_bytes: of the wrong type"}},
      {R"({"fault": "close", "duration": "1s", "after_bytes": {"n": 1}})", {"after_bytes: of the wrong type"}},
      {R"({"fault": "delay", "duration": "1s"})", {"delay: missing"}},
      {R"({"fault": "throttle", "duration": "1s"})", {"bytes_per_second: missing"}},
      {R"({"fault": "throttle", "duration": "1s", "bytes_per_second": 0})", {"bytes_per_second: out of range"}},
      {R"({"fault": "delay", "duration": "1s", "delay": "10ms", "jitter": "11ms"})", {"jitter: more than the delay"}},
      {R"({"fault": "close", "duration": "1s", "delay": "1s", "bytes_per_second": 1})",
       {"delay: not a field of close", "bytes_per_second: not a field of close"}},
      {R"({"fault": "refuse", "duration": "1s", "after_bytes": 1})", {"after_bytes: not a field of refuse"}},
      {R"({"fault": "unready", "duration": "1s", "share": 0.5, "clients": ["::1"], "scope": "new"})",
       {"share: contradicts", "clients: contradicts", "scope: contradicts"}},
      {R"({"fault": "close", "duration": "1s", "duration": "2s"})", {"duration: given more than once"}},
      {R"({"fault": "close", "duration": "5x", "shar": 1, "sleep": 2})",
       {"duration: not a duration", "\"shar\": unknown; did you mean share?", "\"sleep\": unknown"}},
  };
  for (const auto& [body, names] : bad) {
    const auto spec = parse_fault(body);
    EXPECT_FALSE(spec.ok()) << body;
    for (const std::string& name : names) {
      EXPECT_THAT(spec.reason(), HasSubstr(name)) << body;
    }
  }
}

}  // namespace
}  // namespace threadecho::admin
