#pragma once

#include <functional>
#include <string_view>

namespace threadecho::cli {

/// Runs the body of a command and returns its exit status. What it throws becomes one line on standard error: a
/// UsageError with status 2, anything else with 1. So does a standard output that did not take all that was written:
/// half a result is none.
int run_command(std::string_view name, const std::function<int()>& body);

}  // namespace threadecho::cli
