#include "support/settings_docs.h"

#include <algorithm>
#include <regex>
#include <sstream>

namespace threadecho::test {
namespace {

std::vector<std::string> lines_of(std::string_view text) {
  std::istringstream stream{std::string(text)};
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) {
    lines.push_back(line);
  }
  return lines;
}

}  // namespace

std::vector<DocumentedSetting> settings_in_help(std::string_view text) {
  const std::regex heading("^  --([a-z-]+), ([A-Z_]+) +default: (.*)$");
  std::vector<DocumentedSetting> settings;
  const auto lines = lines_of(text);
  for (std::size_t i = 0; i + 1 < lines.size(); ++i) {
    std::smatch match;
    if (std::regex_match(lines[i], match, heading) && "--" + match.str(1) == config::flag_of(match.str(2))) {
      settings.push_back({match.str(2), match.str(3), lines[i + 1].substr(lines[i + 1].find_first_not_of(' '))});
    }
  }
  return settings;
}

std::vector<DocumentedSetting> settings_in_env_example(std::string_view text) {
  const std::regex assignment("^(?:# ?)?([A-Z][A-Z0-9_]*)=(.*)$");
  std::vector<DocumentedSetting> settings;
  std::string comment;
  for (const std::string& line : lines_of(text)) {
    std::smatch match;
    if (std::regex_match(line, match, assignment)) {
      settings.push_back({match.str(1), match.str(2), comment});
    } else if (line.empty()) {
      comment.clear();
    } else if (comment.empty() && line.starts_with("# ")) {
      comment = line.substr(2);
    }
  }
  return settings;
}

std::vector<DocumentedSetting> settings_in_readme(std::string_view text) {
  const std::regex row(R"(^\| *`([A-Z][A-Z0-9_]*)` *\| *([^|]*?) *\|.*$)");
  std::vector<DocumentedSetting> settings;
  bool is_inside = false;
  for (const std::string& line : lines_of(text)) {
    if (line.starts_with("# ") || line.starts_with("## ")) {
      is_inside = line == "## Settings";
    }
    std::smatch match;
    if (is_inside && std::regex_match(line, match, row)) {
      std::string shown = match.str(2);
      shown.erase(std::remove(shown.begin(), shown.end(), '`'), shown.end());
      settings.push_back({match.str(1), shown, {}});
    }
  }
  return settings;
}

std::vector<std::string> differences(const std::vector<config::SettingRow>& table,
                                     const std::vector<DocumentedSetting>& document, bool constants_only) {
  std::vector<std::string> found;
  const auto is_named = [](std::string_view name) { return [name](const auto& item) { return item.name == name; }; };
  for (const DocumentedSetting& setting : document) {
    if (std::none_of(table.begin(), table.end(), is_named(setting.name))) {
      found.push_back(setting.name + " is not a setting");
    }
  }
  for (const config::SettingRow& row : table) {
    const std::string name(row.name);
    const auto setting = std::find_if(document.begin(), document.end(), is_named(row.name));
    if (setting == document.end()) {
      found.push_back(name + " is missing");
      continue;
    }
    if (std::count_if(document.begin(), document.end(), is_named(row.name)) > 1) {
      found.push_back(name + " is listed twice");
    }
    const std::string_view expected = constants_only ? row.default_text : row.shown_default();
    if (setting->default_text != expected) {
      found.push_back(name + " has the default \"" + setting->default_text + "\" instead of \"" +
                      std::string(expected) + "\"");
    }
    if (!setting->meaning.empty() && setting->meaning != row.meaning) {
      found.push_back(name + " has another meaning: \"" + setting->meaning + "\"");
    }
  }
  return found;
}

}  // namespace threadecho::test
