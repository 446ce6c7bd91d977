#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "config/settings_loader.h"
#include "config/settings_table.h"
#include "support/load_settings.h"

namespace threadecho::config {
namespace {

using test::LoadSettings;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST_F(LoadSettings, IsDefaultsWhenNothingIsGiven) {
  const Configuration configuration = load(sources_);
  EXPECT_EQ(configuration.values.size(), settings_table().size());
  for (const Value& value : configuration.values) {
    EXPECT_EQ(value.source, Source::kDefault) << value.name;
  }
  EXPECT_EQ(configuration.settings.port, 9000);
  EXPECT_EQ(value("SOCKET_BUFFER_SIZE").text, "as the system's");
  EXPECT_EQ(value("CONGESTION_CONTROL").text, "as the system's");
  EXPECT_EQ(value("HTTP_BIND_ADDRESS").text, "::");
}

TEST_F(LoadSettings, PutsFlagOverEnvironmentOverFileOverDefault) {
  write(".env", "PORT=1\nHTTP_PORT=2\nIDLE_TIMEOUT=90s\n");
  sources_.environment = {{"PORT", "3"}, {"HTTP_PORT", "4"}};
  sources_.flags = {{"PORT", "5"}};
  EXPECT_EQ(settings().port, 5);
  EXPECT_EQ(settings().http_port, 4);
  EXPECT_EQ(settings().idle_timeout, std::chrono::seconds{90});
  EXPECT_EQ(value("PORT").source, Source::kFlag);
  EXPECT_EQ(value("HTTP_PORT").source, Source::kEnvironment);
  EXPECT_EQ(value("IDLE_TIMEOUT").source, Source::kEnvFile);
  EXPECT_EQ(value("IDLE_TIMEOUT").text, "1m30s");
  EXPECT_EQ(value("WRITE_TIMEOUT").source, Source::kDefault);
}

TEST_F(LoadSettings, PutsSocketsOverAllElseAndSaysWhatTheyOverride) {
  write(".env", "HTTP_PORT=2\n");
  sources_.flags = {{"PORT", "5"}};
  sources_.sockets.values = {{"PORT", "7000"}, {"BIND_ADDRESS", "192.0.2.1"}, {"HTTP_PORT", "7000"}};
  EXPECT_EQ(settings().port, 7000);
  EXPECT_EQ(settings().http_port, 7000) << "both are bound, so they do not clash";
  EXPECT_EQ(settings().bind_address, "192.0.2.1");
  EXPECT_EQ(value("PORT").source, Source::kSocket);
  std::vector<std::string> ignored;
  for (const Warning& warning : load(sources_).warnings) {
    ignored.push_back(warning.name + " " + warning.origin + " " + warning.reason);
  }
  EXPECT_THAT(ignored, ElementsAre("PORT flag --port the service manager hands over a socket",
                                   AllOf(HasSubstr("HTTP_PORT"), HasSubstr(".env:1"))));
}

TEST_F(LoadSettings, ReportsWhatIsWrongWithSocketsTogetherWithAllElse) {
  sources_.environment = {{"PORT", "x"}};
  sources_.sockets.problems = {{"LISTEN_FDNAMES", "web", "descriptor 3", "no service has this name", "echo"}};
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("LISTEN_FDNAMES=\"web\""), HasSubstr("PORT=\"x\"")));
}

TEST_F(LoadSettings, NamesItsSources) {
  EXPECT_EQ(to_string(Source::kSocket), "socket");
  EXPECT_EQ(to_string(Source::kFlag), "flag");
  EXPECT_EQ(to_string(Source::kEnvironment), "environment");
  EXPECT_EQ(to_string(Source::kEnvFile), "env_file");
  EXPECT_EQ(to_string(Source::kDefault), "default");
}

TEST_F(LoadSettings, CountsAnEmptyVariableAsUnset) {
  write(".env", "PORT=1\nHTTP_PORT=\nLOG_LEVEL\n");
  sources_.environment = {{"PORT", ""}, {"IDLE_TIMEOUT", ""}, {"ENV_FILE", ""}};
  EXPECT_EQ(settings().port, 1);
  EXPECT_EQ(settings().http_port, 8080);
  EXPECT_EQ(value("LOG_LEVEL").source, Source::kDefault);
  EXPECT_EQ(value("IDLE_TIMEOUT").source, Source::kDefault);
}

TEST_F(LoadSettings, RefusesAnEmptyFlag) {
  sources_.flags = {{"ENV_FILE", ""}, {"PORT", ""}};
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("PORT=\"\" (flag --port)"), HasSubstr("ENV_FILE=\"\"")));
}

TEST_F(LoadSettings, ReportsEverythingThatIsWrongAtOnce) {
  write(".env", "# mine\nIDLE_TIMEOUT=5\n");
  sources_.environment = {{"PORT", "65536"}, {"BIND_ADDRESS", "localhost"}};
  sources_.flags = {{"MAX_CONNECTIONS", "0"}};
  EXPECT_THAT(problems(),
              ElementsAre("PORT=\"65536\" (environment): out of range; allowed: 0 to 65535",
                          AllOf(HasSubstr("BIND_ADDRESS=\"localhost\" (environment)"), HasSubstr("numeric IPv4")),
                          AllOf(HasSubstr("MAX_CONNECTIONS=\"0\" (flag --max-connections)"), HasSubstr("1 to ")),
                          AllOf(HasSubstr("IDLE_TIMEOUT=\"5\" (.env:2)"), HasSubstr("30s"))));
}

TEST_F(LoadSettings, PutsOneProblemOnEachLineOfWhat) {
  sources_.environment = {{"PORT", "x\ny"}, {"HTTP_PORT", "z"}};
  try {
    load(sources_);
    FAIL();
  } catch (const SettingsError& error) {
    const std::string what = error.what();
    EXPECT_EQ(std::count(what.begin(), what.end(), '\n'), 1);
    EXPECT_THAT(what, HasSubstr(R"(PORT="x\ny")"));
  }
}

TEST_F(LoadSettings, DoesNotCareAboutAWrongValueThatIsOverridden) {
  write(".env", "PORT=x\nHTTP_PORT=y\n");
  sources_.environment = {{"PORT", "z"}, {"HTTP_PORT", "2"}};
  sources_.flags = {{"PORT", "1"}};
  EXPECT_THAT(problems(), IsEmpty());
}

TEST_F(LoadSettings, ReadsTheFileThatEnvFileNames) {
  write("other.env", "PORT=7\nENV_FILE=other.env\n");
  sources_.environment = {{"ENV_FILE", "other.env"}};
  EXPECT_EQ(settings().port, 7);
  EXPECT_EQ(settings().env_file, "other.env");
  EXPECT_EQ(value("ENV_FILE").source, Source::kEnvironment);
  sources_.environment = {{"ENV_FILE", (directory_ / "other.env").string()}};
  write("other.env", "PORT=7\n");
  EXPECT_EQ(settings().port, 7);
}

TEST_F(LoadSettings, PrefersTheFlagForTheFile) {
  write("a", "PORT=1\n");
  write("b", "PORT=2\n");
  write(".env", "PORT=3\n");
  sources_.environment = {{"ENV_FILE", "a"}};
  sources_.flags = {{"ENV_FILE", "b"}};
  EXPECT_EQ(settings().port, 2);
}

TEST_F(LoadSettings, RefusesANamedFileThatDoesNotExist) {
  sources_.environment = {{"ENV_FILE", "missing"}, {"PORT", "x"}};
  EXPECT_THAT(problems(),
              ElementsAre(HasSubstr("ENV_FILE=\"missing\" (environment): no such file"), HasSubstr("PORT")));
  sources_.environment.clear();
  sources_.flags = {{"ENV_FILE", ".env"}};
  EXPECT_THAT(only_problem(), HasSubstr("(flag --env-file): no such file"));
}

TEST_F(LoadSettings, NamesTheLineThatCannotBeRead) {
  write(".env", "PORT=1\nHTTP_PORT 2\nIDLE_TIMEOUT=x\n");
  EXPECT_THAT(problems(), ElementsAre(".env:2: expected = after the name, found \"2\"", HasSubstr("(.env:3)")));
}

TEST_F(LoadSettings, RefusesAFileThatNamesAnotherFile) {
  write(".env", "\nENV_FILE=other\n");
  EXPECT_THAT(only_problem(), HasSubstr("ENV_FILE=\"other\" (.env:2): an .env file cannot name another one"));
}

TEST_F(LoadSettings, ExpandsVariablesOfTheEnvironmentInTheFile) {
  write(".env", "PORT=${ECHO_PORT:-7}\nHTTP_PORT=${WEB_PORT:-8}\n");
  sources_.environment = {{"WEB_PORT", "9"}};
  EXPECT_EQ(settings().port, 7);
  EXPECT_EQ(settings().http_port, 9);
}

TEST(ProcessEnvironment, HasWhatTheKernelHas) {
  std::ifstream file("/proc/self/environ");
  std::size_t count = 0;
  const Environment environment = host::process_environment();
  for (std::string entry; std::getline(file, entry, '\0'); ++count) {
    const std::size_t equals = entry.find('=');
    EXPECT_EQ(environment.at(entry.substr(0, equals)), entry.substr(equals + 1));
  }
  EXPECT_EQ(environment.size(), count);
}

}  // namespace
}  // namespace threadecho::config
