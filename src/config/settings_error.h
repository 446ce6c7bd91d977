#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "config/settings.h"

namespace threadecho::config {

/// One thing that is wrong with the settings.
struct Problem {
  std::string name;     ///< of the setting; empty for a line of the `.env` file that cannot be read
  std::string value;    ///< as given
  std::string origin;   ///< "flag --port", "environment", ".env:3", "default"
  std::string reason;   ///< what is wrong with it
  std::string allowed;  ///< what would be right; may be empty
};

/// `PORT="x" (environment): not a whole number; allowed: 0 to 65535`, always one line.
std::string to_string(const Problem& problem);

/// Something that was given and is ignored, which the user probably did not intend. It is no reason not to start.
struct Warning {
  std::string name;    ///< of the variable; its value may be a secret of another program, and is not shown
  std::string origin;  ///< as for a problem
  std::string reason;  ///< why it is ignored, or what was probably meant
};

/// All that is wrong with the settings; what() has one line for each problem. main turns it into exit status 2.
class SettingsError : public std::runtime_error {
 public:
  /// `problems` is not empty. `log_format` is LOG_FORMAT if that one is right, else its default.
  explicit SettingsError(std::vector<Problem> problems, log::LogFormat log_format = log::LogFormat::kText);

  [[nodiscard]] const std::vector<Problem>& problems() const noexcept { return problems_; }
  /// How to report them.
  [[nodiscard]] log::LogFormat log_format() const noexcept { return log_format_; }

 private:
  std::vector<Problem> problems_;
  log::LogFormat log_format_;
};

}  // namespace threadecho::config
