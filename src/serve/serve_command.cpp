#include "serve/serve_command.h"

#include <cstdint>
#include <exception>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>

#include "admin/connection_list.h"
#include "admin/echo_collector.h"
#include "admin/exposition.h"
#include "admin/process_collector.h"
#include "admin/program_collector.h"
#include "build_info.h"
#include "cli/exit_status.h"
#include "config/serve_arguments.h"
#include "config/settings_error.h"
#include "config/settings_loader.h"
#include "echo/limits.h"
#include "echo/server.h"
#include "host/environment.h"
#include "host/pod.h"
#include "host/standard_descriptors.h"
#include "http/limits.h"
#include "http/server.h"
#include "log/setup.h"
#include "net/endpoint.h"
#include "net/listen.h"
#include "serve/drain.h"
#include "serve/signals.h"
#include "serve/start_failure.h"

namespace threadecho::serve {
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

void start(http::Server& server) {
  try {
    server.start();
  } catch (const std::system_error& error) {
    throw std::system_error(error.code(), "cannot start the thread of the HTTP server");
  }
}

int serve(const config::Configuration& configuration, const host::Pod& pod) {
  const config::Settings& settings = configuration.settings;
  const StopSignals stop_signals;
  const auto sink = std::make_shared<log::StdoutSink>();
  log::Logger log = log::make_logger(settings.log_level, settings.log_format, sink);

  host::occupy_standard_descriptors();  // after the sink has looked at standard output
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
                                          .address_setting = "HTTP_BIND_ADDRESS",
                                          .before_listen = {}});
  const std::string http_address = net::Endpoint::local_of(http_listener.get()).to_string();

  const admin::EchoCollector echo_collector(server);
  const admin::ProgramCollector program_collector({build_info(), std::string(value_of(configuration, "THREAD_MODEL")),
                                                   std::string(value_of(configuration, "SCHED_POLICY"))},
                                                  [&sink] { return sink->dropped(); });
  const admin::ProcessCollector process_collector;
  http::Server http_server(
      std::move(http_listener),
      http::Routes(
          {.metrics_text =
               [&] {
                 return admin::exposition({&echo_collector, &process_collector, &program_collector});
               },
           .readiness = [&] { return readiness_of(server); },
           .connections = [&](const http::ConnectionsQuery& query) { return admin::list_connections(server, query); },
           .settings = views_of(configuration),
           .build = build_info(),
           .pod = pod,
           .allowed_hosts = settings.http_allowed_hosts},
          log),
      http::Limits{}, log);
  server.start();
  start(http_server);
  const std::string echo_address = server.endpoint().to_string();
  log.info("serving", {{"echo", echo_address},
                       {"http", http_address},
                       {"thread_model", value_of(configuration, "THREAD_MODEL")},
                       {"connections_limit", server.connections_limit()},
                       {"version", build_info().version},
                       {"revision", build_info().revision}});

  serve_until_drained(server, settings, stop_signals, log);
  http_server.stop();  // last of all, so that the drain could be watched
  return cli::kDone;
}

config::Configuration load_settings(const config::Flags& flags, const host::Environment& environment) {
  return config::load({.flags = flags,
                       .environment = environment,
                       .directory = ".",
                       .allowed_congestion_control = config::read_allowed_congestion_control});
}

/// The server command: from the settings to the exit status. Whatever keeps it from starting is reported in the format
/// of the log, as soon as that is known.
int serve(const config::ServeArguments& arguments) {
  log::LogFormat log_format = log::LogFormat::kText;
  try {
    const host::Environment environment = host::process_environment();
    const auto configuration = load_settings(arguments.flags, environment);
    log_format = configuration.settings.log_format;
    if (arguments.mistake.empty()) {
      return serve(configuration, host::pod_of(environment));
    }
  } catch (const config::SettingsError& error) {
    log_format = error.log_format();
    if (arguments.mistake.empty()) {
      return report_start_failure(error, log_format);
    }
  } catch (const std::exception& error) {
    return report_start_failure(error, log_format);
  }
  report_start_failure(arguments.mistake + " (see threadecho --help)", cli::kWrongUsage, log_format);
  return cli::kWrongUsage;
}

std::string version_line() {
  const BuildInfo build = build_info();
  std::string line = "threadecho ";
  return line.append(build.version).append(" (").append(build.revision).append(", ").append(build.compiler).append(")");
}

}  // namespace

int run_serve(int argc, const char* const* argv) {
  const config::ServeArguments arguments = config::parse_serve_arguments(argc, argv);
  if (arguments.wants_help || arguments.wants_version) {
    std::cout << (arguments.wants_help ? config::serve_help(cli::help_width()) : version_line() + "\n") << std::flush;
    return cli::kDone;
  }
  return serve(arguments);
}

}  // namespace threadecho::serve
