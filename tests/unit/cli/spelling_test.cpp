#include "cli/spelling.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "config/settings_loader.h"
#include "config/settings_table.h"
#include "support/load_settings.h"

namespace threadecho::config {
namespace {

using cli::edit_distance;
using test::LoadSettings;
using ::testing::ElementsAre;

std::string_view likely_setting(std::string_view name) {
  static const std::vector<std::string_view> names = [] {
    std::vector<std::string_view> result;
    for (const SettingRow& row : settings_table()) {
      result.push_back(row.name);
    }
    return result;
  }();
  return cli::likely_variable(name, names);
}

// Environments as programs find them. A name that belongs here must not draw a warning.
constexpr std::string_view kDesktop = R"(
  SHELL PWD OLDPWD LOGNAME HOME LANG LANGUAGE LC_ALL LC_CTYPE TERM COLORTERM USER USERNAME DISPLAY SHLVL PATH MAIL HOST
  HOSTNAME HOSTTYPE MACHTYPE OSTYPE EDITOR VISUAL PAGER LESS LESSOPEN LESSCLOSE LS_COLORS TZ TMPDIR TEMP TMP _
  XDG_SESSION_ID XDG_RUNTIME_DIR XDG_DATA_DIRS XDG_CONFIG_HOME XDG_SESSION_TYPE DBUS_SESSION_BUS_ADDRESS SSH_CLIENT
  SSH_CONNECTION SSH_TTY SSH_AUTH_SOCK SUDO_USER SUDO_UID SUDO_GID SUDO_COMMAND INVOCATION_ID JOURNAL_STREAM
  SYSTEMD_EXEC_PID NOTIFY_SOCKET LISTEN_PID LISTEN_FDS LISTEN_FDNAMES WATCHDOG_USEC WATCHDOG_PID MAINPID
  STATE_DIRECTORY LOGS_DIRECTORY CACHE_DIRECTORY CREDENTIALS_DIRECTORY MEMORY_PRESSURE_WATCH DEBIAN_FRONTEND
  LD_LIBRARY_PATH LD_PRELOAD MALLOC_ARENA_MAX GLIBC_TUNABLES TERM_PROGRAM VTE_VERSION WINDOWID WINDOW_SIZE COLUMNS LINES
  http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY ALL_PROXY FTP_PROXY PROMPT_COMMAND HISTSIZE
  HISTFILESIZE PS1 IFS OPTIND POSIXLY_CORRECT TIMEFORMAT TIMEOUT CURL_CA_BUNDLE SSL_CERT_FILE SSL_CERT_DIR)";
constexpr std::string_view kContainer = R"(
  container KUBERNETES_SERVICE_HOST KUBERNETES_SERVICE_PORT KUBERNETES_SERVICE_PORT_HTTPS KUBERNETES_PORT
  KUBERNETES_PORT_443_TCP KUBERNETES_PORT_443_TCP_ADDR KUBERNETES_PORT_443_TCP_PORT KUBERNETES_PORT_443_TCP_PROTO
  THREADECHO_SERVICE_HOST THREADECHO_SERVICE_PORT THREADECHO_SERVICE_PORT_ECHO THREADECHO_PORT
  THREADECHO_PORT_9000_TCP THREADECHO_PORT_9000_TCP_ADDR THREADECHO_HTTP_PORT THREADECHO_HTTP_SERVICE_PORT
  HTTP_SERVICE_HOST HTTP_SERVICE_PORT HTTP_PORT_80_TCP HTTP_PORT_80_TCP_PORT HTTP2_PORT HTTPS_PORT HTTPD_PORT LOG_PORT
  POD_NAME POD_NAMESPACE POD_IP NODE_NAME NODE_IP HOST_IP SERVICE_ACCOUNT NVIDIA_VISIBLE_DEVICES GPG_KEY JAVA_HOME
  JAVA_OPTS JAVA_TOOL_OPTIONS GOPATH GOMAXPROCS GOMEMLIMIT NODE_ENV NODE_OPTIONS NODE_VERSION npm_config_loglevel
  PYTHONPATH PYTHONUNBUFFERED VIRTUAL_ENV RUST_LOG RUST_BACKTRACE DOTNET_RUNNING_IN_CONTAINER ASPNETCORE_HTTP_PORTS
  ASPNETCORE_HTTPS_PORT ASPNETCORE_ENVIRONMENT HTTP_PORTS S6_VERSION TINI_VERSION COMPOSE_PROJECT_NAME
  COMPOSE_FILE COMPOSE_HTTP_TIMEOUT DOCKER_HOST DOCKER_BUILDKIT AWS_REGION AWS_LAMBDA_LOG_LEVEL AWS_ENDPOINT_URL
  OTEL_EXPORTER_OTLP_ENDPOINT OTEL_LOG_LEVEL OTEL_SERVICE_NAME DATABASE_URL DB_HOST DB_PORT DB_POOL_SIZE REDIS_PORT
  POSTGRES_PORT PGPORT PGHOST PGCONNECT_TIMEOUT MYSQL_PORT MYSQL_TCP_PORT SMTP_PORT FTP_PORT SSH_PORT TCP_PORT UDP_PORT
  GRPC_PORT WEB_PORT API_PORT APP_PORT ADMIN_PORT METRICS_PORT HEALTH_PORT SERVER_PORT LISTEN_PORT LISTEN_ADDRESS
  BIND_ADDR BIND_HOST HTTP_HOST HTTP_ADDR HTTP_ADDRESS HTTP_USER_AGENT HTTP_ACCEPT SERVER_NAME REMOTE_ADDR)";
constexpr std::string_view kOtherServers = R"(
  POST SORT PORTS PART PATH PERL5LIB PROFILE FORT IMPORT EXPORT LOG_DIR LOG_FILE LOG_PATH LOG_NAME LOG_STYLE LOG_COLOR
  LOG_TARGET LOG_OUTPUT LOG_TO_STDERR LOGLEVELS_JSON MIN_CONNECTIONS MIN_CONNECTIONS_PER_CLIENT MAX_CLIENTS MAX_WORKERS
  MAX_REQUESTS MAX_THREADS NUM_THREADS OMP_NUM_THREADS WEB_CONCURRENCY POOL_SIZE POOL_TIMEOUT WAIT_TIMEOUT READ_TIMEOUT
  CONNECT_TIMEOUT REQUEST_TIMEOUT KEEPALIVE_TIMEOUT SHUTDOWN_TIMEOUT GRACEFUL_TIMEOUT STARTUP_TIMEOUT TCP_NODELAY
  TCP_TIMEOUT BUFFER_LENGTH BLOCK_SIZE HEAP_SIZE STACK_SIZE BATCH_SIZE CHUNK_SIZE CACHE_SIZE FILE_SIZE BUILD_DELAY
  RETRY_DELAY START_DELAY ENV_NAME ENV_PATH ENV_FILE_PATH ENVIRONMENT ENV APP_ENV RAILS_ENV CI GITHUB_ENV GITHUB_ACTIONS
  GITHUB_SHA GITHUB_REF RUNNER_OS RUNNER_TEMP RUNNER_DEBUG GITLAB_CI CI_JOB_ID CI_COMMIT_SHA BUILD_NUMBER JOB_NAME
  THREADECHO_IMAGE ECHO_PUBLISH HTTP_PUBLISH NOFILE_LIMIT MEMORY_LIMIT STOP_GRACE_PERIOD PROMETHEUS_RETENTION
  PROMETHEUS_PUBLISH GRAFANA_PUBLISH GRAFANA_ADMIN_PASSWORD DEMO_CONNECTIONS DEMO_RATE DEBIAN_RELEASE REVISION CREATED)";

TEST(Spelling, TellsWhatWasProbablyMeant) {
  EXPECT_EQ(likely_setting("DRAIN_TIMOUT"), "DRAIN_TIMEOUT");
  EXPECT_EQ(likely_setting("DRAIN_TIMEOUTS"), "DRAIN_TIMEOUT");
  EXPECT_EQ(likely_setting("LOG_LVL"), "LOG_LEVEL");
  EXPECT_EQ(likely_setting("LOGLEVEL"), "LOG_LEVEL");
  EXPECT_EQ(likely_setting("LOG_FMT"), "LOG_FORMAT");
  EXPECT_EQ(likely_setting("MAX_CONECTIONS"), "MAX_CONNECTIONS");
  EXPECT_EQ(likely_setting("MAX_CONECTION"), "MAX_CONNECTIONS");
  EXPECT_EQ(likely_setting("MAX_CONNS"), "MAX_CONNECTIONS");
  EXPECT_EQ(likely_setting("MAX_CONNECTIONS_PER_CLEINT"), "MAX_CONNECTIONS_PER_CLIENT");
  EXPECT_EQ(likely_setting("TREAD_MODEL"), "THREAD_MODEL");
  EXPECT_EQ(likely_setting("THRAED_MODEL"), "THREAD_MODEL");
  EXPECT_EQ(likely_setting("idle_timeout"), "IDLE_TIMEOUT");
  EXPECT_EQ(likely_setting("IDLE-TIMEOUT"), "IDLE_TIMEOUT");
  EXPECT_EQ(likely_setting("PROT"), "PORT");
  EXPECT_EQ(likely_setting("IDLE_TIMOUTS"), "IDLE_TIMEOUT");
  EXPECT_EQ(likely_setting("BUFER_SIZES"), "") << "two mistakes need a name of 12 letters";
}

TEST(Spelling, SuggestsTheNearestFlagOrCommand) {
  const std::vector<std::string_view> known = {"--count", "--size", "--half-close", "probe", "serve"};
  EXPECT_EQ(cli::did_you_mean("--cuont", known), "; did you mean --count?");
  EXPECT_EQ(cli::did_you_mean("sreve", known), "; did you mean serve?");
  EXPECT_EQ(cli::did_you_mean("--half", known), "; did you mean --half-close?");
  EXPECT_EQ(cli::did_you_mean("--hlaf-clsoe", known), "; did you mean --half-close?");
  EXPECT_EQ(cli::did_you_mean("frob", known), "") << "two typing errors need six letters";
  EXPECT_EQ(cli::did_you_mean("-s", known), "");
  EXPECT_EQ(cli::did_you_mean("", known), "");
}

TEST(Spelling, IsRightInTheNamesOfAllSettings) {
  for (const SettingRow& row : settings_table()) {
    EXPECT_EQ(likely_setting(row.name), "") << row.name;
  }
}

TEST(Spelling, TakesNoNameOfAnOrdinaryEnvironmentForAMistake) {
  for (const std::string_view names : {kDesktop, kContainer, kOtherServers}) {
    std::istringstream stream{std::string(names)};
    for (std::string name; stream >> name;) {
      EXPECT_EQ(likely_setting(name), "") << name;
    }
  }
}

TEST(Spelling, CountsASwapAsOneMistake) {
  EXPECT_EQ(edit_distance("", "abc"), 3U);
  EXPECT_EQ(edit_distance("abc", "abc"), 0U);
  EXPECT_EQ(edit_distance("abcd", "acbd"), 1U);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
}

TEST_F(LoadSettings, WarnsOfMisspeltNamesAndWhereTheyStand) {
  write(".env", "LOG_LVL=debug\nPORT=7\n");
  sources_.environment = {{"DRAIN_TIMOUT", "secret"}, {"HTTP_PRT", "tcp://10.0.0.1:80"}, {"MAX_CONECTIONS", "5"}};
  const Configuration configuration = load(sources_);
  EXPECT_EQ(configuration.settings.port, 7);
  std::vector<std::string> texts;
  for (const Warning& warning : configuration.warnings) {
    texts.push_back(warning.name + " (" + warning.origin + "): " + warning.reason);
  }
  EXPECT_THAT(texts, ElementsAre("DRAIN_TIMOUT (environment): not a setting; did you mean DRAIN_TIMEOUT?",
                                 "MAX_CONECTIONS (environment): not a setting; did you mean MAX_CONNECTIONS?",
                                 "LOG_LVL (.env:1): not a setting; did you mean LOG_LEVEL?"))
      << "a link that Kubernetes injected for a Service is not a mistake";
}

}  // namespace
}  // namespace threadecho::config
