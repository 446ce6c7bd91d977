#include "config/settings_error.h"

#include <utility>

#include "text/escape.h"

namespace threadecho::config {
namespace {

std::string joined(const std::vector<Problem>& problems) {
  std::string lines;
  for (const Problem& problem : problems) {
    lines.append(lines.empty() ? "" : "\n").append(to_string(problem));
  }
  return lines;
}

}  // namespace

std::string to_string(const Problem& problem) {
  std::string text = problem.origin;
  if (!problem.name.empty()) {
    text = problem.name + "=" + text::in_quotes(problem.value) + " (" + problem.origin + ")";
  }
  text += ": " + problem.reason;
  return problem.allowed.empty() ? text : text + "; allowed: " + problem.allowed;
}

SettingsError::SettingsError(std::vector<Problem> problems, log::LogFormat log_format)
    : std::runtime_error(joined(problems)), problems_(std::move(problems)), log_format_(log_format) {}

}  // namespace threadecho::config
