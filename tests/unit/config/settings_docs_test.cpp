#include "support/settings_docs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "config/serve_arguments.h"
#include "config/settings_loader.h"

namespace threadecho::test {
namespace {

using config::settings_table;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string source_file(const std::string& name) {
  std::ifstream file(std::string(THREADECHO_SOURCE_DIR "/") + name);
  EXPECT_TRUE(file) << name;
  return {std::istreambuf_iterator<char>(file), {}};
}

/// With each meaning on one line.
std::string wide_help() { return config::serve_help(200); }

std::string replaced(std::string text, std::string_view what, std::string_view with) {
  const std::size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return at == std::string::npos ? text : text.replace(at, what.size(), with);
}

std::string readme_of_table() {
  std::string text = "# threadecho\n\n## Settings\n\n| variable | default | meaning |\n|---|---|---|\n";
  for (const auto& row : settings_table()) {
    text.append("| `").append(row.name).append("` | `").append(row.shown_default()).append("` | words |\n");
  }
  return text + "\n## Metrics\n\n| `OTHER` | `1` | not a setting, and not among them |\n";
}

TEST(SettingsDocs, HelpAgreesWithTheTable) {
  EXPECT_THAT(differences(settings_table(), settings_in_help(wide_help())), IsEmpty());
}

TEST(SettingsDocs, EnvExampleAgreesWithTheTable) {
  EXPECT_THAT(differences(settings_table(), settings_in_env_example(source_file(".env.example")), true), IsEmpty());
}

TEST(SettingsDocs, ReadmeAgreesWithTheTable) {
  EXPECT_THAT(differences(settings_table(), settings_in_readme(source_file("README.md"))), IsEmpty());
}

TEST(SettingsDocs, EnvExampleWithoutItsCommentMarksIsAnEnvFileOfTheDefaults) {
  std::string text;
  for (const auto& setting : settings_in_env_example(source_file(".env.example"))) {
    text.append(setting.name).append("=").append(setting.default_text).append("\n");
  }
  const config::Dotenv file = config::parse_dotenv(text, {});
  EXPECT_THAT(file.problems, IsEmpty());
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

TEST(SettingsDocs, HelpFitsTheTerminal) {
  for (const std::size_t width : {80U, 100U, 120U}) {
    std::istringstream help(config::serve_help(width));
    for (std::string line; std::getline(help, line);) {
      EXPECT_LE(line.size(), width) << line;
    }
  }
}

TEST(SettingsDocsCheck, AcceptsAReadmeMadeOfTheTable) {
  EXPECT_THAT(differences(settings_table(), settings_in_readme(readme_of_table())), IsEmpty());
}

TEST(SettingsDocsCheck, IgnoresBackticksInsideADefault) {
  const auto text = replaced(readme_of_table(), "`as BIND_ADDRESS`", "as `BIND_ADDRESS`");
  EXPECT_THAT(differences(settings_table(), settings_in_readme(text)), IsEmpty());
}

TEST(SettingsDocsCheck, FindsARowThatWasDropped) {
  const auto readme = replaced(readme_of_table(), "| `PORT` | `9000` | words |\n", "");
  EXPECT_THAT(differences(settings_table(), settings_in_readme(readme)), ElementsAre("PORT is missing"));
  const auto example = replaced(source_file(".env.example"), "# PORT=9000\n", "");
  EXPECT_THAT(differences(settings_table(), settings_in_env_example(example), true), ElementsAre("PORT is missing"));
  const auto help = replaced(wide_help(), "  --port, PORT ", "  --prot, PORT ");
  EXPECT_THAT(differences(settings_table(), settings_in_help(help)), ElementsAre("PORT is missing"));
}

TEST(SettingsDocsCheck, FindsADefaultThatWasChanged) {
  const std::string expected = R"(WRITE_TIMEOUT has the default "31s" instead of "30s")";
  const auto readme = replaced(readme_of_table(), "`30s`", "`31s`");
  EXPECT_THAT(differences(settings_table(), settings_in_readme(readme)), ElementsAre(expected));
  const auto example = replaced(source_file(".env.example"), "WRITE_TIMEOUT=30s", "WRITE_TIMEOUT=31s");
  EXPECT_THAT(differences(settings_table(), settings_in_env_example(example), true), ElementsAre(expected));
  const auto help = replaced(wide_help(), "default: 30s", "default: 31s");
  EXPECT_THAT(differences(settings_table(), settings_in_help(help)), ElementsAre(expected));
}

TEST(SettingsDocsCheck, FindsASettingThatDoesNotExist) {
  const auto readme = replaced(readme_of_table(), "| `PORT`", "| `FIBERS` | `2` | words |\n| `PORT`");
  EXPECT_THAT(differences(settings_table(), settings_in_readme(readme)), ElementsAre("FIBERS is not a setting"));
  const auto example = source_file(".env.example") + "\n# FIBERS=2\n";
  EXPECT_THAT(differences(settings_table(), settings_in_env_example(example), true),
              ElementsAre("FIBERS is not a setting"));
  const auto help = wide_help() + "  --fibers, FIBERS   default: 2\n      words\n";
  EXPECT_THAT(differences(settings_table(), settings_in_help(help)), ElementsAre("FIBERS is not a setting"));
}

TEST(SettingsDocsCheck, FindsARowThatIsListedTwice) {
  const auto readme = replaced(readme_of_table(), "| `PORT`", "| `PORT` | `9000` | words |\n| `PORT`");
  EXPECT_THAT(differences(settings_table(), settings_in_readme(readme)), ElementsAre("PORT is listed twice"));
}

TEST(SettingsDocsCheck, FindsAMeaningThatWasChanged) {
  const auto example = replaced(source_file(".env.example"), "# port of the echo", "# port of the ech");
  EXPECT_EQ(differences(settings_table(), settings_in_env_example(example), true).size(), 1U);
  const auto help = replaced(wide_help(), "port of the echo", "port of the ech");
  EXPECT_EQ(differences(settings_table(), settings_in_help(help)).size(), 1U);
}

TEST(SettingsDocsCheck, FindsEverythingMissingWhenTheHeadingIsGone) {
  const auto readme = replaced(readme_of_table(), "## Settings", "## Others");
  EXPECT_EQ(differences(settings_table(), settings_in_readme(readme)).size(), settings_table().size());
}

}  // namespace
}  // namespace threadecho::test
