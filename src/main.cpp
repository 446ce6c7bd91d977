#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdint>
#include <exception>
#include <fstream>
#include <iostream>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <thread>

#include "build_info.h"
#include "client/healthcheck_command.h"
#include "client/load_command.h"
#include "client/probe_command.h"
#include "config/command_line.h"
#include "config/durations.h"
#include "config/exit_status.h"
#include "config/load.h"
#include "config/pod.h"
#include "config/settings_error.h"
#include "connection_list.h"
#include "echo/limits.h"
#include "echo/server.h"
#include "http/limits.h"
#include "http/server.h"
#include "log/setup.h"
#include "metrics/echo_collector.h"
#include "metrics/exposition.h"
#include "metrics/process_collector.h"
#include "metrics/program_collector.h"
#include "net/endpoint.h"
#include "net/listen.h"
#include "signals.h"

namespace threadecho {
namespace {

std::string_view value_of(const config::Configuration& configuration, std::string_view name) {
  for (const config::Value& value : configuration.values) {
    if (value.name == name) {
      return value.text;
    }
  }
  return {};
}

http::Readiness readiness_of(const echo::Server& server) {
  switch (server.readiness()) {
    case echo::Readiness::kReady:
      return {.ready = true, .reason = {}};
    case echo::Readiness::kFull:
      return {.ready = false,
              .reason = "the limit of " + std::to_string(server.connections_limit()) + " connections is reached"};
    case echo::Readiness::kDraining:
      break;
  }
  return {.ready = false, .reason = "draining"};
}

std::vector<http::SettingView> views_of(const config::Configuration& configuration) {
  std::vector<http::SettingView> views;
  for (const config::Value& value : configuration.values) {
    views.push_back({std::string(value.name), value.text, std::string(to_string(value.source))});
  }
  return views;
}

void warn_of_lower_limits(const config::Settings& settings, const echo::EffectiveLimit& limit, log::Logger& log) {
  if (limit.connections < settings.max_connections) {
    const std::string figures = limit.figures();
    log.warn("this host allows fewer connections than MAX_CONNECTIONS",
             {{"limit", limit.connections}, {"max_connections", settings.max_connections}, {"figures", figures}});
  }
  std::ifstream file("/proc/sys/net/core/somaxconn");
  if (int most = 0; file >> most && most < settings.listen_backlog) {
    log.warn("net.core.somaxconn caps LISTEN_BACKLOG",
             {{"somaxconn", most}, {"listen_backlog", settings.listen_backlog}});
  }
}

/// Started with a standard descriptor closed, the next socket would take its number, and whoever writes to standard
/// error would write to a client.
void occupy_standard_descriptors() {
  net::Fd spare;
  do {
    static_cast<void>(spare.release());
    spare = net::Fd(::open("/dev/null", O_RDWR | O_CLOEXEC));
  } while (spare && spare.get() <= STDERR_FILENO);
}

/// The ordered stop: readiness falls, then a pause for load balancers to notice, then the queue is emptied and closed,
/// then open connections may finish, then the rest is ended.
void drain(echo::Server& server, const config::Settings& settings, int signal_number, log::Logger& log) {
  server.begin_drain();
  log.info("draining", {{"signal", signal_number == SIGTERM ? "SIGTERM" : "SIGINT"},
                        {"connections", server.totals().active},
                        {"delay_seconds", std::chrono::duration<double>(settings.drain_delay).count()},
                        {"timeout_seconds", std::chrono::duration<double>(settings.drain_timeout).count()}});
  std::this_thread::sleep_for(settings.drain_delay);
  server.stop_accepting();
  server.wait_until_idle(settings.drain_timeout);
  const std::size_t forced = server.stop();
  const echo::Totals totals = server.totals();
  log.info("stopped", {{"connections", totals.accepted},
                       {"ended_at_deadline", forced},
                       {"received_bytes", totals.received_bytes},
                       {"echoed_bytes", totals.echoed_bytes}});
}

int serve(const config::Configuration& configuration, const config::Pod& pod) {
  const config::Settings& settings = configuration.settings;
  block_stop_signals();
  const auto sink = std::make_shared<log::StdoutSink>();
  log::Logger log = log::make_logger(settings.log_level, settings.log_format, sink);

  occupy_standard_descriptors();  // after the sink has looked at standard output
  if (pod.known()) {
    log.info("running in a pod", {{"pod", pod.name}, {"namespace", pod.name_space}, {"node", pod.node}});
  }

  echo::raise_descriptor_limit();
  const echo::EffectiveLimit limit = echo::effective_limit(settings, http::kMaxHttpConnections);
  warn_of_lower_limits(settings, limit, log);
  for (const config::Warning& warning : configuration.warnings) {
    log.warn("setting ignored", {{"name", warning.name}, {"origin", warning.origin}, {"reason", warning.reason}});
  }

  echo::Server server(settings, limit, log);
  net::Fd http_listener = net::listen_on({.address = settings.http_bind_address,
                                          .port = settings.http_port,
                                          .backlog = settings.listen_backlog,
                                          .setting = "HTTP_PORT",
                                          .before_listen = {}});
  const std::string http_address = net::Endpoint::local_of(http_listener.get()).to_string();

  const metrics::EchoCollector echo_collector(server);
  const metrics::ProgramCollector program_collector({build_info(), std::string(value_of(configuration, "THREAD_MODEL")),
                                                     std::string(value_of(configuration, "SCHED_POLICY"))},
                                                    [&sink] { return sink->dropped(); });
  const metrics::ProcessCollector process_collector;
  http::Server http_server(
      std::move(http_listener),
      http::Routes({.metrics_text =
                        [&] {
                          return metrics::exposition({&echo_collector, &process_collector, &program_collector});
                        },
                    .readiness = [&] { return readiness_of(server); },
                    .connections = [&](const http::ConnectionsQuery& query) { return list_connections(server, query); },
                    .settings = views_of(configuration),
                    .build = build_info(),
                    .pod = pod},
                   log),
      http::Limits{}, log);
  server.start();
  http_server.start();
  const std::string echo_address = server.endpoint().to_string();
  log.info("serving", {{"echo", echo_address},
                       {"http", http_address},
                       {"thread_model", value_of(configuration, "THREAD_MODEL")},
                       {"connections_limit", server.connections_limit()},
                       {"version", build_info().version},
                       {"revision", build_info().revision}});

  drain(server, settings, wait_for_stop_signal(), log);
  http_server.stop();  // last of all, so that the drain could be watched
  return config::kDone;
}

std::string version_line() {
  const BuildInfo build = build_info();
  std::string line = "threadecho ";
  return line.append(build.version).append(" (").append(build.revision).append(", ").append(build.compiler).append(")");
}

/// Commands beside `serve`. They read their own arguments; argv[0] is their name.
struct ClientCommand {
  std::string_view name;
  int (*run)(int argc, const char* const* argv);
};
constexpr std::array kClientCommands = {
    ClientCommand{"healthcheck", &client::run_healthcheck},
    ClientCommand{"load", &client::run_load},
    ClientCommand{"probe", &client::run_probe},
};

int run(int argc, const char* const* argv) {
  const std::string_view first = argc > 1 ? argv[1] : "";
  const auto* const command = std::find_if(kClientCommands.begin(), kClientCommands.end(),
                                           [&](const ClientCommand& candidate) { return candidate.name == first; });
  if (command != kClientCommands.end()) {
    occupy_standard_descriptors();
    return command->run(argc - 1, argv + 1);
  }
  const config::CommandLine command_line = config::parse_command_line(argc, argv, version_line());
  if (command_line.exit) {
    (command_line.exit->status == config::kDone ? std::cout : std::cerr) << command_line.exit->text << std::flush;
    return command_line.exit->status;
  }
  const config::Environment environment = config::process_environment();
  return serve(config::load({.flags = command_line.flags,
                             .environment = environment,
                             .directory = ".",
                             .allowed_congestion_control = config::read_allowed_congestion_control}),
               config::pod_of(environment));
}

/// Each line of the error gets the program's name: several bad settings are several lines.
int fail(const std::exception& error, int status) {
  std::istringstream lines(error.what());
  for (std::string line; std::getline(lines, line);) {
    std::cerr << "threadecho: " << line << '\n';
  }
  return status;
}

}  // namespace
}  // namespace threadecho

int main(int argc, char** argv) {
  try {
    return threadecho::run(argc, argv);
  } catch (const threadecho::config::SettingsError& error) {
    return threadecho::fail(error, threadecho::config::kWrongUsage);
  } catch (const threadecho::net::BindError& error) {
    return threadecho::fail(error, threadecho::config::kCannotBind);
  } catch (const std::exception& error) {
    return threadecho::fail(error, threadecho::config::kFailed);
  }
}
