#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings_loader.h"

namespace threadecho::test {

/// Loads settings from `sources`, in a directory of its own, which it removes at the end.
class LoadSettings : public ::testing::Test {
 public:
  LoadSettings();
  ~LoadSettings() override;
  LoadSettings(const LoadSettings&) = delete;
  LoadSettings& operator=(const LoadSettings&) = delete;
  LoadSettings(LoadSettings&&) = delete;
  LoadSettings& operator=(LoadSettings&&) = delete;

 protected:
  void write(const std::string& name, const std::string& text) const;

  [[nodiscard]] config::Settings settings() const { return load(sources_).settings; }
  [[nodiscard]] config::Value value(std::string_view name) const;

  /// Texts of the problems; none when it loads.
  [[nodiscard]] std::vector<std::string> problems() const;
  /// The text of the problem, which is the only one.
  [[nodiscard]] std::string only_problem() const;
  /// The one problem of an environment with nothing but `name`, or an empty text.
  std::string problem_with(const std::string& name, const std::string& value);

  std::filesystem::path directory_;
  config::Sources sources_;  ///< empty; the system allows "reno cubic"
};

}  // namespace threadecho::test
