#include "watch/watch_command.h"

#include <malloc.h>

#include <csignal>
#include <iostream>
#include <memory>
#include <sstream>
#include <string>
#include <utility>

#include "build_info.h"
#include "cli/exit_status.h"
#include "cli/help.h"
#include "cli/run_command.h"
#include "client/signal_fd.h"
#include "echo/limits.h"
#include "host/environment.h"
#include "host/pod.h"
#include "http/server.h"
#include "log/setup.h"
#include "net/endpoint.h"
#include "net/listen.h"
#include "watch/dry_run.h"
#include "watch/hangups.h"
#include "watch/watch_arguments.h"
#include "watch/watch_loop.h"
#include "watch/watch_routes.h"

namespace threadecho::watch {
namespace {

/// Enough for Prometheus, probes and a few pages; each takes a descriptor that a path could have.
constexpr std::size_t kHttpConnections = 16;

/// In bytes: a scrape of thousands of paths takes more than this, and gives it back at its end.
constexpr int kGivenBackFrom = 256 * 1024;

net::Fd listen_for_http(const WatchOptions& options) {
  return net::listen_on({.address = options.http_bind_address,
                         .port = options.http_port,
                         .setting = "WATCH_HTTP_PORT",
                         .address_setting = "WATCH_HTTP_BIND_ADDRESS",
                         .before_listen = {}});
}

/// Wires the parts together. The loop watches on this thread; the HTTP thread reads what the loop knows.
int watch(const WatchArguments& arguments, const host::Pod& pod) {
  using Hangup = client::SignalFd::Hangup;
  const WatchOptions& options = arguments.options;
  static_cast<void>(std::signal(SIGPIPE, SIG_IGN));  // as the log's sink demands
  const bool reloads = !options.targets_file.empty();
  // Before other threads start.
  const net::Fd hangups = reloads ? take_hangups() : net::Fd();
  client::SignalFd signals(client::SignalFd::LastWords::kNone, reloads ? Hangup::kMeansSomethingElse : Hangup::kEnds);
  const auto sink = std::make_shared<log::StdoutSink>();
  ::mallopt(M_MMAP_THRESHOLD, kGivenBackFrom);  // NOLINT(concurrency-mt-unsafe): no other thread has been started
  ::mallopt(M_TRIM_THRESHOLD, kGivenBackFrom);  // NOLINT(concurrency-mt-unsafe)
  log::Logger log = log::make_logger(options.log_level, options.log_format, sink);
  for (const config::Warning& warning : arguments.warnings) {
    log.warn("setting ignored", {{"name", warning.name}, {"origin", warning.origin}, {"reason", warning.reason}});
  }
  echo::raise_descriptor_limit();
  net::Fd listener = listen_for_http(options);
  const std::string http_address = net::Endpoint::local_of(listener.get()).to_string();
  WatchLoop loop(options, log, signals, hangups.get());
  const WatchRoutes routes(loop, options, pod, [&sink] { return sink->dropped(); });
  const http::RouteTable table(routes.routes(), log);
  http::Server http_server(std::move(listener),
                           {.handler = table.handler(),
                            .allowed_hosts = http::AllowedHosts(options.http_allowed_hosts),
                            .limits = {.max_connections = kHttpConnections}},
                           log);
  http_server.start();
  log.info("watching", {{"http", http_address},
                        {"interval_seconds", std::chrono::nanoseconds(options.interval)},
                        {"version", build_info().version},
                        {"revision", build_info().revision}});
  loop.run();
  http_server.stop();
  const int status = loop.has_losses() ? cli::kFailed : cli::kDone;
  log.info("stopped", {{"lost_connections", loop.has_losses()}, {"exit_status", status}});
  return loop.end_with(status);
}

int run(int argc, const char* const* argv) {
  const host::Environment environment = host::process_environment();
  const WatchArguments arguments = parse_watch_arguments(argc, argv, environment);
  if (arguments.options.help) {
    std::cout << cli::help_text(watch_manual(), cli::output_width());
    return cli::kDone;
  }
  if (arguments.options.dry_run) {
    const DryRun result = dry_run(arguments.options);
    std::cout << result.text;
    return result.found_all ? cli::kDone : cli::kFailed;
  }
  return watch(arguments, host::pod_of(environment));
}

int complain(const std::string& text, int status) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::cerr << "threadecho watch: " << line << '\n';
  }
  return status;
}

}  // namespace

int run_watch(int argc, const char* const* argv) {
  return cli::run_command("watch", [&] {
    try {
      return run(argc, argv);
    } catch (const config::SettingsError& error) {
      return complain(std::string(error.what()) + "\nsee threadecho watch --help", cli::kWrongUsage);
    } catch (const net::BindError& error) {
      return complain(error.what(), cli::kCannotBind);
    }
  });
}

}  // namespace threadecho::watch
