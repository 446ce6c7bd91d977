#pragma once

#include <string_view>

#include "echo/fault.h"
#include "text/parsed.h"

namespace threadecho::admin {

/// How to name what is wrong: by the members of the body, or by the flags of `threadecho fault add`.
enum class FaultNames { kMembers, kFlags };

/// The fault that the body of POST /faults asks for, a JSON object; or all that is wrong with it.
text::Parsed<echo::FaultSpec> parse_fault(std::string_view body, FaultNames names = FaultNames::kMembers);

}  // namespace threadecho::admin
