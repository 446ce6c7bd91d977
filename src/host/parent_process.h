#pragma once

#include <string_view>

namespace threadecho::host {

/// The variable in which a process tells a child its own process id, so that the child ends with it.
inline constexpr std::string_view kParentVariable = "THREADECHO_PARENT_PID";

/// Asks the kernel to kill this process when its parent dies, and ends it at once if the parent has died already; does
/// nothing without kParentVariable. Call it first in main: execve(2) drops an earlier request if the program's file has
/// capabilities, prctl(2).
void end_with_parent();

}  // namespace threadecho::host
