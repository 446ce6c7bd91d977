#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "admin/fault_request.h"
#include "oracle.h"

/// Bodies of POST /faults: what is taken is a JSON object with these values and in the limits of a fault, and a refusal
/// is text without control characters.

namespace {

using nlohmann::json;
using threadecho::echo::FaultKind;
using threadecho::echo::FaultSpec;
using threadecho::fuzz::demand;

constexpr std::size_t kMostBytes = 4096;
constexpr std::chrono::hours kDay{24};

bool has_place(FaultKind kind) {
  return kind == FaultKind::kStall || kind == FaultKind::kClose || kind == FaultKind::kReset ||
         kind == FaultKind::kCorrupt;
}

void check(const FaultSpec& spec, const json& body) {
  demand(body.is_object(), "a fault is an object");
  demand(body.value("fault", "") == name_of(spec.kind), "the kind is the one that was asked for");
  demand(spec.duration.count() >= 1 && spec.duration <= kDay, "every fault ends within a day");
  demand(std::isfinite(spec.share) && spec.share > 0 && spec.share <= 1, "a share is one");
  demand(body.contains("share") ? body["share"].get<double>() == spec.share : spec.share == 1,
         "the share is the body's");
  demand(body.contains("clients") ? body["clients"].size() == spec.clients.size() : spec.clients.empty(),
         "no network is lost");
  demand(spec.only_new == (body.value("scope", "all") == "new"), "the scope is the body's");
  const bool is_delay = spec.kind == FaultKind::kDelay;
  demand(is_delay == (spec.delay.count() > 0) && spec.delay <= kDay, "a delay has one, and no other kind");
  demand(spec.jitter.count() >= 0 && spec.jitter <= spec.delay, "no jitter is longer than the delay");
  demand((spec.kind == FaultKind::kThrottle) == (spec.bytes_per_second > 0),
         "a throttle has a rate, and no other kind");
  demand(has_place(spec.kind) || spec.after_bytes == 0, "others have no place");
  const bool is_number = body.contains("after_bytes") && body["after_bytes"].is_number();
  demand(!is_number || body["after_bytes"] == spec.after_bytes, "the place is the body's");
  const bool is_for_all = spec.share == 1 && spec.clients.empty() && !spec.only_new;
  demand(spec.kind != FaultKind::kUnready || is_for_all, "all see the server unready");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view body = threadecho::fuzz::as_text({data, std::min(size, kMostBytes)});
  const auto parsed = threadecho::admin::parse_fault(body);
  const auto for_flags = threadecho::admin::parse_fault(body, threadecho::admin::FaultNames::kFlags);
  demand(parsed.ok() == for_flags.ok(), "both ways to name a mistake find it");
  if (parsed.ok()) {
    check(parsed.value(), json::parse(body, nullptr, false));
  } else {
    demand(!parsed.reason().empty() && threadecho::fuzz::has_no_controls(parsed.reason()), "a refusal has a reason");
  }
  return 0;
}
