#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/setting_kinds.h"

namespace threadecho::config {

/// One setting: everything that the parsers, --help, GET /config and the documents' checks know of it.
struct SettingRow {
  std::string_view name;           ///< of the variable
  std::string_view default_text;   ///< as a user would write it; empty when the default is not a constant
  std::string_view default_words;  ///< what to call the default when default_text is empty
  std::string_view meaning;        ///< one line
  SettingKind kind;

  /// What documents show as the default.
  [[nodiscard]] std::string_view shown_default() const { return default_text.empty() ? default_words : default_text; }
};

/// Every setting, in the order in which documents list them. Never changes; any thread may read it.
const std::vector<SettingRow>& settings_table();

/// The row of a variable, or null.
const SettingRow* find_setting(std::string_view name);

/// "--idle-timeout" for IDLE_TIMEOUT.
std::string flag_of(std::string_view name);

}  // namespace threadecho::config
