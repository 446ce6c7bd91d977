#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "text/parsed.h"

namespace threadecho::admin {

/// A member of a JSON object, as it was sent.
struct JsonMember {
  enum class Type { kText, kNumber, kTexts, kOther };

  std::string name;
  Type type = Type::kOther;
  std::vector<std::string> values = {};  ///< exactly one, except with kTexts
};

/// The members of a flat JSON object, in their order, repeated ones too. Builds no tree of nlohmann's, whose destructor
/// needs memory.
text::Parsed<std::vector<JsonMember>> parse_json_members(std::string_view text);

}  // namespace threadecho::admin
