#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "cli/options.h"

namespace threadecho::test {

/// What a command makes of these arguments; its name is put before them.
template <typename Options>
Options parsed_by(Options (*parse)(int, const char* const*), std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "command");
  return parse(static_cast<int>(arguments.size()), arguments.data());
}

/// The text of the usage error that they are, which is one line.
template <typename Options>
std::string usage_error_of(Options (*parse)(int, const char* const*), std::vector<const char*> arguments) {
  try {
    parsed_by(parse, std::move(arguments));
  } catch (const cli::UsageError& error) {
    std::string text = error.what();
    EXPECT_EQ(text.find('\n'), std::string::npos) << text;
    return text;
  }
  return "no error";
}

}  // namespace threadecho::test
