#include "support/load_settings.h"

#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <system_error>

namespace threadecho::test {

LoadSettings::LoadSettings() {
  std::string name = (std::filesystem::temp_directory_path() / "threadecho-settings-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) {
    throw std::runtime_error("no temporary directory");
  }
  directory_ = name;
  sources_.directory = name;
  sources_.allowed_congestion_control = [] { return std::optional<std::string>("reno cubic"); };
}

LoadSettings::~LoadSettings() {
  std::error_code ignored;  // a destructor must not throw
  std::filesystem::remove_all(directory_, ignored);
}

void LoadSettings::write(const std::string& name, const std::string& text) const {
  std::ofstream(directory_ / name) << text;
}

config::Value LoadSettings::value(std::string_view name) const {
  const config::Configuration configuration = load(sources_);
  for (const config::Value& candidate : configuration.values) {
    if (candidate.name == name) {
      return candidate;
    }
  }
  ADD_FAILURE() << name;
  return {};
}

std::vector<std::string> LoadSettings::problems() const {
  std::vector<std::string> texts;
  try {
    load(sources_);
  } catch (const config::SettingsError& error) {
    for (const config::Problem& problem : error.problems()) {
      texts.push_back(to_string(problem));
    }
  }
  return texts;
}

std::string LoadSettings::only_problem() const {
  const auto texts = problems();
  EXPECT_EQ(texts.size(), 1U) << ::testing::PrintToString(texts);
  return texts.empty() ? std::string{} : texts.front();
}

std::string LoadSettings::problem_with(const std::string& name, const std::string& value) {
  sources_.environment = {{name, value}};
  return problems().empty() ? std::string{} : only_problem();
}

}  // namespace threadecho::test
