#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings_error.h"

namespace threadecho::config {

struct Settings;

/// A setting as it was given, for the texts of problems.
struct Given {
  std::string value;
  std::string origin;
};

/// What checks that look at several settings, or at the system, need to know.
struct CrossCheckInput {
  const Settings& settings;
  /// Nothing for a setting that is already known to be wrong; checks that involve it are left out.
  std::function<std::optional<Given>(std::string_view name)> given;
  std::optional<std::string> allowed_congestion_control;  ///< space-separated; nothing when the system does not tell
};

std::vector<Problem> cross_check(const CrossCheckInput& input);

}  // namespace threadecho::config
