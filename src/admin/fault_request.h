#pragma once

#include <string_view>

#include "echo/fault.h"
#include "text/parsed.h"

namespace threadecho::admin {

/// The fault that the body of POST /faults asks for, a JSON object; or all that is wrong with it, by the names of its
/// members.
text::Parsed<echo::FaultSpec> parse_fault(std::string_view body);

}  // namespace threadecho::admin
