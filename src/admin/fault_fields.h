#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "admin/json_members.h"
#include "echo/fault.h"

namespace threadecho::admin {

/// A member that the body of POST /faults may have.
struct FaultField {
  std::string_view name;
  std::string_view flag;  ///< of `threadecho fault add`, or its name for an operand
  std::string allowed;
  std::vector<JsonMember::Type> types;
  std::string_view must_be;  ///< the types, in words for an error
  /// Stores the value, or returns why it cannot.
  std::function<std::optional<std::string>(const std::vector<std::string>& values, echo::FaultSpec& spec)> take;
  std::vector<echo::FaultKind> kinds = {};  ///< kinds of faults that have this field; empty: all
  bool is_required = false;                 ///< by those kinds
};

const std::vector<FaultField>& fault_fields();

}  // namespace threadecho::admin
