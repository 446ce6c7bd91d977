#pragma once

#include <string_view>

namespace threadecho::host {

/// The variable in which a process tells a child its own process id, so that the child ends with it.
inline constexpr std::string_view kParentVariable = "THREADECHO_PARENT_PID";

/// Has the kernel kill this process when its parent dies, or ends it at once if the parent has died already; nothing
/// without kParentVariable. Call it first in main: a request that was made before execve(2) would be void if the
/// program's file has capabilities, prctl(2).
void end_with_parent();

}  // namespace threadecho::host
