#include "admin/fault_fields.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <system_error>

#include "cli/spelling.h"
#include "cli/value_kinds.h"
#include "net/network.h"
#include "text/escape.h"

namespace threadecho::admin {
namespace {

using echo::FaultKind;
using echo::FaultSpec;
using std::chrono::milliseconds;
using MemberType = JsonMember::Type;
using TakeField = decltype(FaultField::take);

constexpr std::chrono::hours kLongestFault{24};
constexpr std::uint64_t kTiB = std::uint64_t{1} << 40U;

/// A field with one value, of a kind that settings and flags use too.
template <typename Member, typename T>
TakeField one_value(Member FaultSpec::*place, const cli::ValueKind<T>& kind) {
  return [place, parse = kind.parse](const std::vector<std::string>& values,
                                     FaultSpec& spec) -> std::optional<std::string> {
    const auto parsed = parse(values.front());
    if (!parsed.ok()) {
      return parsed.reason();
    }
    spec.*place = parsed.value();
    return std::nullopt;
  };
}

std::optional<std::string> take_share(const std::vector<std::string>& values, FaultSpec& spec) {
  const std::string& text = values.front();
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), spec.share);
  const bool is_share = error == std::errc{} && end == text.data() + text.size() && spec.share > 0 && spec.share <= 1;
  return is_share ? std::nullopt : std::optional<std::string>("out of range");
}

std::optional<std::string> take_clients(const std::vector<std::string>& values, FaultSpec& spec) {
  for (const std::string& text : values) {
    const auto network = net::Network::parse(text);
    if (!network.ok()) {
      return text::in_quotes(text) + " " + network.reason();
    }
    spec.clients.push_back(network.value());
  }
  return std::nullopt;
}

std::optional<std::string> take_kind(const std::vector<std::string>& values, FaultSpec& spec) {
  const auto* const found = std::ranges::find(echo::kFaultNames, values.front());
  if (found == echo::kFaultNames.end()) {
    return std::string("unknown").append(
        cli::did_you_mean(values.front(), {echo::kFaultNames.begin(), echo::kFaultNames.end()}));
  }
  spec.kind = static_cast<FaultKind>(found - echo::kFaultNames.begin());
  return std::nullopt;
}

std::string names_of_faults() {
  std::string names;
  for (const std::string_view name : echo::kFaultNames) {
    names.append(names.empty() ? "" : ", ").append(name);
  }
  return names;
}

std::vector<FaultField> make_fault_fields() {
  constexpr std::string_view kString = "a string such as \"200ms\"";
  constexpr std::string_view kSize = "a number or a string such as \"64KiB\"";
  const std::vector<MemberType> text = {MemberType::kText};
  const std::vector<MemberType> number_or_text = {MemberType::kNumber, MemberType::kText};
  const std::vector<FaultKind> of_connections = {FaultKind::kDelay, FaultKind::kThrottle, FaultKind::kStall,
                                                 FaultKind::kClose, FaultKind::kReset,    FaultKind::kCorrupt,
                                                 FaultKind::kRefuse};
  const std::vector<FaultKind> with_place = {FaultKind::kStall, FaultKind::kClose, FaultKind::kReset,
                                             FaultKind::kCorrupt};
  const auto some_time = cli::duration(milliseconds{1}, kLongestFault);
  const auto any_time = cli::duration(milliseconds{0}, kLongestFault);
  const auto rate = cli::size(1, kTiB);
  const auto place = cli::size(0, kTiB);
  const auto scope = cli::choice<bool>({{"all", false}, {"new", true}});
  return {
      {"fault", "KIND", names_of_faults(), text, "a string such as \"delay\"", &take_kind, {}, true},
      {"duration", "--for", some_time.allowed, text, kString, one_value(&FaultSpec::duration, some_time), {}, true},
      {"share", "--share", "above 0, up to 1", {MemberType::kNumber}, "a number", &take_share, of_connections},
      {"clients",
       "--clients",
       "networks in CIDR notation",
       {MemberType::kTexts},
       "a list of strings such as [\"10.0.0.0/8\"]",
       &take_clients,
       of_connections},
      {"scope", "--scope", scope.allowed, text, "a string", one_value(&FaultSpec::only_new, scope), of_connections},
      {"delay",
       "DURATION",
       some_time.allowed,
       text,
       kString,
       one_value(&FaultSpec::delay, some_time),
       {FaultKind::kDelay},
       true},
      {"jitter",
       "--jitter",
       any_time.allowed,
       text,
       kString,
       one_value(&FaultSpec::jitter, any_time),
       {FaultKind::kDelay}},
      {"bytes_per_second",
       "BYTES_PER_SECOND",
       rate.allowed,
       number_or_text,
       kSize,
       one_value(&FaultSpec::bytes_per_second, rate),
       {FaultKind::kThrottle},
       true},
      {"after_bytes", "AFTER_BYTES", place.allowed, number_or_text, kSize, one_value(&FaultSpec::after_bytes, place),
       with_place},
  };
}

}  // namespace

const std::vector<FaultField>& fault_fields() {
  static const std::vector<FaultField> table = make_fault_fields();
  return table;
}

}  // namespace threadecho::admin
