#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "config/settings_loader.h"
#include "config/settings_table.h"
#include "serve/serve_manual.h"
#include "support/documented_rows.h"

namespace threadecho::test {
namespace {

using config::settings_table;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::string replaced(std::string text, const std::string& what, std::string_view with) {
  EXPECT_THAT(text, HasSubstr(what));
  return text.replace(text.find(what), what.size(), with);
}

/// How the row of each setting in docs/configuration.md begins.
std::vector<std::string> page_rows() {
  std::vector<std::string> rows;
  for (const auto& row : settings_table()) {
    const std::string constant = "`" + std::string(row.default_text) + "`";
    rows.push_back("| `" + std::string(row.name) + "` | " +
                   (row.default_text.empty() ? std::string(row.default_words) : constant) + " | ");
  }
  return rows;
}

std::vector<std::string> found_in_page(const std::string& text) {
  return differences(page_rows(), table_rows(text, "## Settings"));
}

/// What .env.example lacks: each setting needs a paragraph that begins with its meaning and ends with its default.
std::vector<std::string> found_in_env_example(const std::string& text) {
  std::vector<std::string> found;
  for (const auto& row : settings_table()) {
    const std::size_t begin = text.find("\n\n# " + std::string(row.meaning) + "\n");
    const std::string paragraph =
        begin == std::string::npos ? "" : text.substr(begin, text.find("\n\n", begin + 2) - begin);
    const std::string assignment = "\n# " + std::string(row.name) + "=" + std::string(row.default_text);
    if (!paragraph.ends_with(assignment)) {
      found.emplace_back(row.name);
    }
  }
  const std::regex setting("\n# [A-Z_]+=");
  const auto count = std::distance(std::sregex_iterator(text.begin(), text.end(), setting), std::sregex_iterator());
  if (static_cast<std::size_t>(count) != settings_table().size()) {
    found.push_back(std::to_string(count) + " settings");
  }
  return found;
}

TEST(SettingsDocs, PageAgreesWithTheTable) {
  EXPECT_THAT(found_in_page(source_file("docs/configuration.md")), IsEmpty());
}

TEST(SettingsDocs, EnvExampleAgreesWithTheTable) {
  EXPECT_THAT(found_in_env_example(source_file(".env.example")), IsEmpty());
}

TEST(SettingsDocs, HelpHasEverySettingWithItsDefaultAndMeaning) {
  const std::string help = cli::help_text(serve::serve_manual(), 200);
  for (const auto& row : settings_table()) {
    const std::string flag = "\n  " + config::flag_of(row.name) + ", " + std::string(row.name) + " ";
    ASSERT_THAT(help, HasSubstr(flag));
    const std::string rest = help.substr(help.find(flag));
    EXPECT_THAT(rest.substr(0, rest.find('\n', 1)), HasSubstr("default: " + std::string(row.shown_default())));
    EXPECT_THAT(rest, HasSubstr("\n      " + std::string(row.meaning) + "\n"));
  }
}

TEST(SettingsDocs, EnvExampleWithoutItsCommentMarksIsAnEnvFileOfTheDefaults) {
  const std::string text =
      std::regex_replace(source_file(".env.example"), std::regex("\n# (?=[A-Z_]+=)"), std::string("\n"));
  const config::Dotenv file = config::parse_dotenv(text, {});
  EXPECT_THAT(file.problems, IsEmpty());
  EXPECT_THAT(file.values, SizeIs(settings_table().size()));
  config::Sources sources;
  sources.directory = "/nonexistent";
  for (const auto& [name, entry] : file.values) {
    if (name != "ENV_FILE") {
      sources.environment.emplace(name, entry.value.value_or("missing"));
    }
  }
  const auto defaults = config::load({{}, {}, "/nonexistent", {}});
  const auto copied = config::load(sources);
  for (std::size_t i = 0; i < defaults.values.size(); ++i) {
    EXPECT_EQ(copied.values[i].text, defaults.values[i].text) << defaults.values[i].name;
  }
}

TEST(SettingsDocs, FileForAServiceManagerHasEverySettingButTheNameOfAFile) {
  std::ifstream file(THREADECHO_ENV_FILE);
  std::ostringstream text;
  text << file.rdbuf();
  EXPECT_THAT(found_in_env_example(text.str() + "\n"), ElementsAre("ENV_FILE", HasSubstr("settings")));
  // systemd.exec(5), EnvironmentFile=, and a shell take only such values without quotes for what they are.
  const std::regex plain("\n# [A-Z_]+=[-A-Za-z0-9:.]*(?=\n)");
  const std::string all = text.str();
  const auto count = std::distance(std::sregex_iterator(all.begin(), all.end(), plain), std::sregex_iterator());
  EXPECT_EQ(static_cast<std::size_t>(count) + 1, settings_table().size());
}

TEST(SettingsDocs, HelpFitsTheTerminal) {
  for (const std::size_t width : {80U, 100U, 120U}) {
    std::istringstream help(cli::help_text(serve::serve_manual(), width));
    for (std::string line; std::getline(help, line);) {
      EXPECT_LE(line.size(), width) << line;
    }
  }
}

TEST(SettingsDocs, DoNotAgreeOnceADefaultMeaningOrNameChanged) {
  const std::string page = source_file("docs/configuration.md");
  EXPECT_THAT(found_in_page(replaced(page, "| `WRITE_TIMEOUT` | `30s`", "| `WRITE_TIMEOUT` | `31s`")), SizeIs(2));
  EXPECT_THAT(found_in_page(replaced(page, "| `PORT` |", "| `PROT` |")), SizeIs(2));
  const std::string example = source_file(".env.example");
  EXPECT_THAT(found_in_env_example(replaced(example, "WRITE_TIMEOUT=30s", "WRITE_TIMEOUT=31s")), SizeIs(1));
  EXPECT_THAT(found_in_env_example(replaced(example, "# port of the echo", "# port of the ech")), SizeIs(1));
  EXPECT_THAT(found_in_env_example(replaced(example, "# PORT=9000\n", "")), SizeIs(2));
  EXPECT_THAT(found_in_env_example(example + "\n# FIBERS=2\n"), SizeIs(1));
}

}  // namespace
}  // namespace threadecho::test
