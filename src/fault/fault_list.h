#pragma once

#include <string>

#include "client/json.h"
#include "fault/fault_arguments.h"

namespace threadecho::fault {

/// A line for each fault, as GET /faults lists them. `action` is what was done. Throws client::Json::exception if
/// they are not as a threadecho server sends them.
std::string fault_list(const client::Json& faults, FaultAction action);

}  // namespace threadecho::fault
