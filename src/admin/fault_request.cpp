#include "admin/fault_request.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include "admin/json_members.h"
#include "cli/spelling.h"
#include "cli/value_kinds.h"
#include "net/network.h"
#include "text/escape.h"

namespace threadecho::admin {
namespace {

using echo::FaultKind;
using echo::FaultSpec;
using std::chrono::milliseconds;

constexpr std::chrono::hours kLongestFault{24};
constexpr std::uint64_t kTiB = std::uint64_t{1} << 40U;

using MemberType = JsonMember::Type;
using TakeField = std::function<std::optional<std::string>(const std::vector<std::string>& values, FaultSpec& spec)>;

/// A member that a fault may have.
struct FaultField {
  std::string_view name;
  std::string allowed;
  std::vector<MemberType> types;
  TakeField take;                     ///< stores the value, or returns why it cannot
  std::vector<FaultKind> kinds = {};  ///< that have it; none: all
  bool is_required = false;           ///< by those
};

/// A field whose one value is of a kind that settings and flags have too.
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
    if (!network) {
      return text::in_quotes(text) + " is not a network";
    }
    spec.clients.push_back(*network);
  }
  return std::nullopt;
}

cli::ValueKind<FaultKind> fault_names() {
  std::vector<std::pair<std::string_view, FaultKind>> names;
  for (std::size_t i = 0; i < echo::kFaultNames.size(); ++i) {
    names.emplace_back(echo::kFaultNames[i], static_cast<FaultKind>(i));
  }
  return cli::choice<FaultKind>(names);
}

std::vector<FaultField> make_fault_fields() {
  const auto kind = fault_names();
  const auto some_time = cli::duration(milliseconds{1}, kLongestFault);
  const auto any_time = cli::duration(milliseconds{0}, kLongestFault);
  const auto rate = cli::size(1, kTiB);
  const auto position = cli::size(0, kTiB);
  const auto scope = cli::choice<bool>({{"all", false}, {"new", true}});
  return {
      {"fault", kind.allowed, {MemberType::kText}, one_value(&FaultSpec::kind, kind), {}, true},
      {"duration", some_time.allowed, {MemberType::kText}, one_value(&FaultSpec::duration, some_time), {}, true},
      {"share", "a number above 0, up to 1", {MemberType::kNumber}, &take_share},
      {"clients", "a list of networks such as \"10.0.0.0/8\"", {MemberType::kTexts}, &take_clients},
      {"scope", scope.allowed, {MemberType::kText}, one_value(&FaultSpec::only_new, scope)},
      {"delay",
       some_time.allowed,
       {MemberType::kText},
       one_value(&FaultSpec::delay, some_time),
       {FaultKind::kDelay},
       true},
      {"jitter", any_time.allowed, {MemberType::kText}, one_value(&FaultSpec::jitter, any_time), {FaultKind::kDelay}},
      {"bytes_per_second",
       rate.allowed,
       {MemberType::kNumber, MemberType::kText},
       one_value(&FaultSpec::bytes_per_second, rate),
       {FaultKind::kThrottle},
       true},
      {"after_bytes",
       position.allowed,
       {MemberType::kNumber, MemberType::kText},
       one_value(&FaultSpec::after_bytes, position),
       {FaultKind::kStall, FaultKind::kClose, FaultKind::kReset, FaultKind::kCorrupt}},
  };
}

const std::vector<FaultField>& fault_fields() {
  static const std::vector<FaultField> table = make_fault_fields();
  return table;
}

bool has_field(const FaultField& field, FaultKind kind) {
  return field.kinds.empty() || std::ranges::find(field.kinds, kind) != field.kinds.end();
}

/// Reads the members into a fault, and keeps all that is wrong.
class FaultReader {
 public:
  explicit FaultReader(const std::vector<JsonMember>& members) : members_(members) {
    for (const JsonMember& member : members_) {
      take(member);
    }
    check_kind();
    check_combinations();
  }

  [[nodiscard]] text::Parsed<FaultSpec> result() const {
    using Parsed = text::Parsed<FaultSpec>;
    return problems_.empty() ? Parsed::good(spec_) : Parsed::bad(problems_);
  }

 private:
  void complain(std::string_view name, std::string_view what) {
    problems_.append(problems_.empty() ? "" : "; ").append(name).append(": ").append(what);
  }

  [[nodiscard]] auto count(std::string_view name) const {
    return std::ranges::count(members_, name, &JsonMember::name);
  }

  void take(const JsonMember& member) {
    const auto field = std::ranges::find(fault_fields(), member.name, &FaultField::name);
    if (field == fault_fields().end()) {
      std::vector<std::string_view> names;
      std::ranges::transform(fault_fields(), std::back_inserter(names), &FaultField::name);
      complain(text::in_quotes(member.name), "unknown" + cli::did_you_mean(member.name, names));
    } else if (count(member.name) > 1) {
      if (&member == &*std::ranges::find(members_, member.name, &JsonMember::name)) {
        complain(member.name, "given more than once");
      }
    } else if (std::ranges::find(field->types, member.type) == field->types.end()) {
      const std::string_view type = field->types.front() == MemberType::kText ? "must be a text" : "of the wrong type";
      complain(member.name, std::string(type) + "; allowed: " + field->allowed);
    } else if (const auto reason = field->take(member.values, spec_)) {
      complain(member.name, *reason + "; allowed: " + field->allowed);
    } else {
      has_kind_ = has_kind_ || member.name == "fault";
    }
  }

  void check_kind() {
    for (const FaultField& field : fault_fields()) {
      const bool is_given = count(field.name) > 0;
      if (!has_kind_ && !field.kinds.empty()) {
        continue;  // nothing is known of it
      }
      if (is_given && !has_field(field, spec_.kind)) {
        complain(field.name, "not a field of " + std::string(name_of(spec_.kind)));
      } else if (!is_given && field.is_required && has_field(field, spec_.kind)) {
        complain(field.name, "missing; allowed: " + field.allowed);
      }
    }
  }

  void check_combinations() {
    if (spec_.jitter > spec_.delay && spec_.delay.count() > 0) {
      complain("jitter", "more than the delay");
    }
    if (!has_kind_ || spec_.kind != FaultKind::kUnready) {
      return;
    }
    const std::string_view reason = "contradicts unready, which is for all alike";
    if (spec_.share < 1) {
      complain("share", reason);
    }
    if (!spec_.clients.empty()) {
      complain("clients", reason);
    }
    if (spec_.only_new) {
      complain("scope", reason);
    }
  }

  const std::vector<JsonMember>& members_;
  FaultSpec spec_;
  std::string problems_;
  bool has_kind_ = false;
};

}  // namespace

text::Parsed<FaultSpec> parse_fault(std::string_view body) {
  const auto members = parse_json_members(body);
  return members.ok() ? FaultReader(members.value()).result() : text::Parsed<FaultSpec>::bad(members.reason());
}

}  // namespace threadecho::admin
