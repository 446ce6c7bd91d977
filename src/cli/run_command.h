#pragma once

#include <functional>
#include <string_view>

namespace threadecho::cli {

/// Runs the body of a command and returns its exit status. If the body throws, prints one line to standard error, and
/// returns 2 for a UsageError, else 1. Also returns 1 if standard output did not take the whole result.
int run_command(std::string_view name, const std::function<int()>& body);

}  // namespace threadecho::cli
