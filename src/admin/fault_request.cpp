#include "admin/fault_request.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

#include "admin/fault_fields.h"
#include "admin/json_members.h"
#include "cli/spelling.h"
#include "text/escape.h"

namespace threadecho::admin {
namespace {

using echo::FaultKind;
using echo::FaultSpec;
using MemberType = JsonMember::Type;

bool has_field(const FaultField& field, FaultKind kind) {
  return field.kinds.empty() || std::ranges::find(field.kinds, kind) != field.kinds.end();
}

/// A suggestion for an unknown name. Answers of the server add "_seconds" to the name of a duration, so a client may
/// send "delay_seconds".
std::string suggestion_for(std::string_view name) {
  constexpr std::string_view kOfAnswers = "_seconds";
  std::vector<std::string_view> names;
  std::ranges::transform(fault_fields(), std::back_inserter(names), &FaultField::name);
  if (name.ends_with(kOfAnswers)) {
    name.remove_suffix(kOfAnswers.size());
  }
  const bool is_field = std::ranges::find(names, name) != names.end();
  return is_field ? std::string("; did you mean ").append(name).append("?") : cli::did_you_mean(name, names);
}

/// Reads the members into a fault, and collects all that is wrong with them.
class FaultReader {
 public:
  FaultReader(const std::vector<JsonMember>& members, FaultNames names) : members_(members), names_(names) {
    for (const JsonMember& member : members_) {
      take(member);
    }
    check_kind();
    if (spec_.jitter > spec_.delay && spec_.delay.count() > 0) {
      complain(name_of(*field_of("jitter")), "more than the delay");
    }
  }

  [[nodiscard]] text::Parsed<FaultSpec> result() const {
    using Parsed = text::Parsed<FaultSpec>;
    return problems_.empty() ? Parsed::good(spec_) : Parsed::bad(problems_);
  }

 private:
  void complain(std::string_view name, std::string_view what) {
    problems_.append(problems_.empty() ? "" : "; ").append(name).append(": ").append(what);
  }

  [[nodiscard]] std::string name_of(const FaultField& field) const {
    return std::string(names_ == FaultNames::kFlags ? field.flag : field.name);
  }

  [[nodiscard]] static const FaultField* field_of(std::string_view name) {
    const auto field = std::ranges::find(fault_fields(), name, &FaultField::name);
    return field == fault_fields().end() ? nullptr : &*field;
  }

  [[nodiscard]] auto count(std::string_view name) const {
    return std::ranges::count(members_, name, &JsonMember::name);
  }

  void take(const JsonMember& member) {
    const FaultField* const field = field_of(member.name);
    if (field == nullptr) {
      complain(text::in_quotes(member.name), "unknown" + suggestion_for(member.name));
    } else if (count(member.name) > 1) {
      if (&member == &*std::ranges::find(members_, member.name, &JsonMember::name)) {
        complain(name_of(*field), "given more than once");
      }
    } else if (std::ranges::find(field->types, member.type) == field->types.end()) {
      complain(name_of(*field), std::string("must be ").append(field->must_be) + "; allowed: " + field->allowed);
    } else if (const auto reason = field->take(member.values, spec_)) {
      std::string name = name_of(*field);
      if (member.type != MemberType::kTexts) {  // for a list the reason names the entry
        name.append(" ").append(text::in_quotes(member.values.front()));
      }
      complain(name, *reason + (reason->ends_with('?') ? "" : "; allowed: " + field->allowed));
    } else {
      has_kind_ = has_kind_ || member.name == "fault";
    }
  }

  void check_kind() {
    for (const FaultField& field : fault_fields()) {
      const bool is_given = count(field.name) > 0;
      if (!has_kind_ && !field.kinds.empty()) {
        continue;  // the request names no kind, so the field cannot be judged
      }
      if (is_given && !has_field(field, spec_.kind)) {
        complain(name_of(field), std::string(echo::name_of(spec_.kind)) + " does not take it");
      } else if (!is_given && field.is_required && has_field(field, spec_.kind)) {
        complain(name_of(field), "missing; allowed: " + field.allowed);
      }
    }
  }

  const std::vector<JsonMember>& members_;
  const FaultNames names_;
  FaultSpec spec_;
  std::string problems_;
  bool has_kind_ = false;
};

}  // namespace

text::Parsed<FaultSpec> parse_fault(std::string_view body, FaultNames names) {
  const auto members = parse_json_members(body);
  return members.ok() ? FaultReader(members.value(), names).result() : text::Parsed<FaultSpec>::bad(members.reason());
}

}  // namespace threadecho::admin
