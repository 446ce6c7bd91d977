#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/settings_table.h"

namespace threadecho::test {

/// A setting as a document, or the table, tells of it.
struct DocumentedSetting {
  std::string name;
  std::string default_text;
  std::string meaning;  ///< empty where a document may use words of its own
};

/// `  --port, PORT     default: 9000` and the line below it, in the text of --help.
std::vector<DocumentedSetting> settings_in_help(std::string_view text);

/// `# PORT=9000`, or the same without `# `, and the first line of the comment above it.
std::vector<DocumentedSetting> settings_in_env_example(std::string_view text);

/// Rows "| `PORT` | `9000` | ..." under the heading "## Settings". Backticks in the default do not count.
std::vector<DocumentedSetting> settings_in_readme(std::string_view text);

/// What is wrong with a document, one sentence each: settings that are missing, unknown, listed twice, or that have
/// another default or meaning than in the table. A file that can be copied to `.env` shows nothing as the default where
/// others say "as the system's": `constants_only` is for that.
std::vector<std::string> differences(const std::vector<config::SettingRow>& table,
                                     const std::vector<DocumentedSetting>& document, bool constants_only = false);

}  // namespace threadecho::test
