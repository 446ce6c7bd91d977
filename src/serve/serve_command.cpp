#include "serve/serve_command.h"

#include <unistd.h>

#include <cstdint>
#include <exception>
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "admin/identity_line.h"
#include "admin/identity_server.h"
#include "admin/metrics.h"
#include "admin/routes.h"
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
#include "http/server.h"
#include "log/setup.h"
#include "net/endpoint.h"
#include "net/listen.h"
#include "serve/drain.h"
#include "serve/handed_over.h"
#include "serve/serve_manual.h"
#include "serve/service_manager.h"
#include "serve/service_variables.h"
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

void warn_of_lower_limits(const config::Settings& settings, const echo::EffectiveLimit& limit, log::Logger& log) {
  if (limit.connections < settings.max_connections) {
    const std::string limits = limit.explanation();
    log.warn("this host allows fewer connections than MAX_CONNECTIONS",
             {{"limit", limit.connections}, {"max_connections", settings.max_connections}, {"limits", limits}});
  }
  std::ifstream file("/proc/sys/net/core/somaxconn");
  if (int most = 0; file >> most && most < settings.listen_backlog) {
    log.warn("net.core.somaxconn caps LISTEN_BACKLOG",
             {{"somaxconn", most}, {"listen_backlog", settings.listen_backlog}});
  }
}

net::Listeners listen_for_http(const config::Settings& settings, net::Listeners handed_over) {
  if (!handed_over.sockets.empty()) {
    return handed_over;
  }
  return net::listen_on({.address = settings.http_bind_address,
                         .port = settings.http_port,
                         .backlog = settings.listen_backlog,
                         .setting = "HTTP_PORT",
                         .address_setting = "HTTP_BIND_ADDRESS",
                         .before_listen = {}});
}

/// None without IDENTITY_PORT.
net::Listeners listen_for_identity(const config::Settings& settings, net::Listeners handed_over) {
  if (!settings.identity_port || !handed_over.sockets.empty()) {
    return handed_over;
  }
  return net::listen_on({.address = settings.bind_address,
                         .port = *settings.identity_port,
                         .backlog = settings.listen_backlog,
                         .setting = "IDENTITY_PORT",
                         .address_setting = "BIND_ADDRESS",
                         .before_listen = {}});
}

std::optional<std::string_view> if_not_empty(std::string_view text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

void warn_of_settings(const config::Configuration& configuration, log::Logger& log) {
  for (const config::Warning& warning : configuration.warnings) {
    log.warn("setting ignored", {{"name", warning.name}, {"origin", warning.origin}, {"reason", warning.reason}});
  }
  if (configuration.settings.proxy_port && configuration.settings.proxy_trusted.empty()) {
    log.warn(
        "every peer of PROXY_PORT is trusted",
        {{"reason", "PROXY_TRUSTED is not set: any host that can connect to the port can claim any client address"}});
  }
}

/// Wires the parts together. Data goes one way: the echo server counts, `admin` reads its counters and answers, the
/// HTTP server asks `admin`.
int serve(const config::Configuration& configuration, const host::Pod& pod, HandedOver handed_over,
          const host::Environment& service_variables) {
  const config::Settings& settings = configuration.settings;
  const StopSignals stop_signals;  // before any thread starts
  const auto sink = std::make_shared<log::StdoutSink>();
  log::Logger log = log::make_logger(settings.log_level, settings.log_format, sink);
  host::occupy_standard_descriptors();  // after the sink has looked at standard output
  if (pod.is_known()) {
    log.info("running in a pod", {{"pod", pod.name}, {"namespace", pod.name_space}, {"node", pod.node}});
  }
  echo::raise_descriptor_limit();
  const std::uint64_t for_identity = settings.identity_port ? admin::IdentityServer::kDescriptors : 0;
  const echo::EffectiveLimit limit = echo::effective_limit(settings, http::kMaxHttpConnections + for_identity);
  warn_of_lower_limits(settings, limit, log);
  warn_of_settings(configuration, log);

  const std::string_view thread_model = value_of(configuration, "THREAD_MODEL");
  const std::string_view sched_policy = value_of(configuration, "SCHED_POLICY");
  std::string echo_address = net::addresses_of(handed_over.echo);
  std::string proxy_address = net::addresses_of(handed_over.proxy);
  echo::Server server(settings, limit, log,
                      {.direct = std::move(handed_over.echo), .proxied = std::move(handed_over.proxy)});
  net::Listeners http_listeners = listen_for_http(settings, std::move(handed_over.http));
  net::Listeners identity_listeners = listen_for_identity(settings, std::move(handed_over.identity));
  if (echo_address.empty()) {
    echo_address = server.endpoint().to_string();
  }
  if (proxy_address.empty() && settings.proxy_port) {
    proxy_address = server.proxy_endpoint().to_string();
  }
  const std::string identity_address = net::addresses_of(identity_listeners);
  const std::string http_address = net::addresses_of(http_listeners);
  std::optional<admin::IdentityServer> identity_server;
  if (settings.identity_port) {
    identity_server.emplace(std::move(identity_listeners), admin::identity_of(pod), log);
  }
  const admin::Metrics metrics(server, {std::string(thread_model), std::string(sched_policy)},
                               [&sink] { return sink->dropped(); });
  const admin::Routes routes(
      server, configuration.values, pod, [&metrics] { return metrics.text(); }, log);
  http::Server http_server(
      std::move(http_listeners),
      {.handler = routes.handler(), .allowed_hosts = http::AllowedHosts(settings.http_allowed_hosts)}, log);
  ServiceManager manager(service_variables, ::getpid(), log);
  manager.watch("acceptor", server.heartbeat());
  manager.watch("http", http_server.heartbeat());
  server.start();
  http_server.start();
  if (identity_server) {
    identity_server->start();
  }
  log.info("serving", {{"echo", echo_address},
                       {"http", http_address},
                       {"proxy", if_not_empty(proxy_address)},
                       {"identity", if_not_empty(identity_address)},
                       {"thread_model", thread_model},
                       {"connections_limit", server.connections_limit()},
                       {"version", build_info().version},
                       {"revision", build_info().revision}});
  manager.ready();
  serve_until_drained(server, identity_server ? &*identity_server : nullptr, settings, stop_signals, manager, log);
  http_server.stop();  // last, so that the drain could be watched
  return cli::kDone;
}

config::Configuration load_settings(const config::Flags& flags, const host::Environment& environment,
                                    const config::SocketSettings& sockets) {
  return config::load({.flags = flags,
                       .environment = environment,
                       .directory = ".",
                       .allowed_congestion_control = config::read_allowed_congestion_control,
                       .sockets = sockets});
}

/// The server command: from the settings to the exit status. Reports a failure to start in the format of the log, once
/// that is known.
int serve(const config::ServeArguments& arguments) {
  log::LogFormat log_format = log::LogFormat::kText;
  try {
    host::Environment environment = host::process_environment();
    const host::Environment service_variables = take_service_variables(environment);
    HandedOver handed_over = take_over(passed_descriptors(service_variables, ::getpid()));
    const auto configuration = load_settings(arguments.flags, environment, handed_over.settings);
    log_format = configuration.settings.log_format;
    if (arguments.mistake.empty()) {
      return serve(configuration, host::pod_of(environment), std::move(handed_over), service_variables);
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
    std::cout << (arguments.wants_help ? cli::help_text(serve_manual(), cli::output_width()) : version_line() + "\n")
              << std::flush;
    return cli::kDone;
  }
  return serve(arguments);
}

}  // namespace threadecho::serve
