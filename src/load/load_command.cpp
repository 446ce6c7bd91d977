#include "load/load_command.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "cli/exit_status.h"
#include "cli/options.h"
#include "client/connector.h"
#include "client/failure.h"
#include "client/run_command.h"
#include "client/signal_fd.h"
#include "client/wait.h"
#include "load/json_report.h"
#include "load/load_arguments.h"
#include "load/load_progress.h"
#include "load/load_run.h"
#include "load/local_ports.h"
#include "load/sample_file.h"
#include "load/text_report.h"
#include "net/fd.h"
#include "text/escape.h"
#include "text/timestamps.h"

namespace threadecho::load {
namespace {

// Standard streams, epoll and wake-ups, and what libraries hold.
constexpr rlim_t kOtherDescriptors = 32;

/// Raises the soft limit to the hard one. Throws UsageError when that is not enough.
void ensure_descriptors(const LoadOptions& options) {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  ::getrlimit(RLIMIT_NOFILE, &limit);
  const rlim_t others = kOtherDescriptors + 2 * rlim_t{options.threads};
  if (limit.rlim_cur < options.connections + others) {
    const rlim_t most = limit.rlim_cur > others ? limit.rlim_cur - others : 0;
    throw cli::UsageError("--connections " + std::to_string(options.connections) +
                          ": the limit of open files (ulimit -n) leaves " + std::to_string(most));
  }
}

/// The file of --raw-samples, none without it. Throws UsageError.
net::Fd open_samples(const LoadOptions& options) {
  constexpr mode_t kMode = 0666;
  if (options.raw_samples.empty()) {
    return {};
  }
  net::Fd file(::open(options.raw_samples.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kMode));
  if (!file) {
    const std::string reason = client::errno_code(errno).message();
    throw cli::UsageError("--raw-samples: cannot write " + text::in_quotes(options.raw_samples) + ": " + reason);
  }
  return file;
}

/// Throws std::runtime_error if the file did not take all samples.
void finish_samples(SampleFile& samples, const LoadOptions& options) {
  try {
    samples.finish();
  } catch (const std::system_error& error) {
    throw std::runtime_error("cannot write " + text::in_quotes(options.raw_samples) + ": " + error.code().message());
  }
}

/// Throws UsageError for a source that is none of this machine's addresses.
void check_sources(const LoadOptions& options) {
  for (const net::Endpoint& source : options.sources) {
    const net::Fd fd(::socket(source.family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (fd && ::bind(fd.get(), source.address(), source.length()) != 0) {
      throw cli::UsageError("--source: cannot connect from " + source.host() + ": " +
                            client::errno_code(errno).message());
    }
  }
}

/// The target's addresses that can be reached from the sources. Throws std::runtime_error when there is none.
std::vector<net::Endpoint> addresses_of(const LoadOptions& options) {
  client::Resolution resolution = client::resolve(options.target);
  if (resolution.endpoints.empty()) {
    throw client::CommandFailed(client::name_failure(options.target.host, resolution.reason));
  }
  if (!options.sources.empty()) {
    const auto family = options.sources.front().family();
    std::erase_if(resolution.endpoints, [&](const net::Endpoint& endpoint) { return endpoint.family() != family; });
  }
  if (resolution.endpoints.empty()) {
    throw std::runtime_error(options.target.host + " has no address of the family of --source");
  }
  return resolution.endpoints;
}

struct Start {
  net::Endpoint target;
  OpenConnection first;
};

/// The first of several addresses that answers takes all load: results for two would be results for neither. When none
/// does, the run itself says why.
Start find_target(const LoadOptions& options, const std::vector<net::Endpoint>& addresses, client::SignalFd& signals) {
  if (addresses.size() == 1) {
    return {.target = addresses.front(), .first = {}};
  }
  const net::Endpoint* const source = options.sources.empty() ? nullptr : &options.sources.front();
  client::Connected connected = client::connect_to_any(addresses, options.timeout, &signals, source);
  if (!connected.fd) {
    return {.target = addresses.front(), .first = {}};
  }
  const client::Attempt& attempt = connected.attempts.back();
  return {.target = attempt.endpoint, .first = {.fd = std::move(connected.fd), .connect_time = attempt.duration}};
}

/// Waits for the time of --start-at. Returns the signal that ended the wait.
std::optional<int> wait_for_start(const LoadOptions& options, const LoadProgress& progress) {
  constexpr std::chrono::seconds kLongestWait{1};  // the wall clock may be set meanwhile
  if (!options.start_at) {
    return std::nullopt;
  }
  progress.say("waits until " + text::format_timestamp(*options.start_at));
  client::SignalFd signals;
  for (;;) {
    const std::chrono::nanoseconds left = *options.start_at - std::chrono::system_clock::now();
    if (left.count() <= 0 || signals.signal()) {
      return signals.signal();
    }
    const auto step = std::min<std::chrono::nanoseconds>(left, kLongestWait);
    client::wait_for(-1, 0, std::chrono::steady_clock::now() + step, &signals);
  }
}

int run(const LoadOptions& options) {
  check_sources(options);
  net::Fd file = open_samples(options);
  LoadProgress progress(options, STDERR_FILENO);
  if (const auto signal = wait_for_start(options, progress)) {
    return cli::kEndedBySignal + *signal;
  }
  const std::vector<net::Endpoint> addresses = addresses_of(options);
  // From here on, not before: a look-up could not be interrupted with the signals blocked.
  client::SignalFd signals;
  static_cast<void>(std::signal(SIGPIPE, SIG_IGN));  // a closed standard error must not end the run

  Start start = find_target(options, addresses, signals);
  if (signals.signal()) {
    return cli::kEndedBySignal + *signals.signal();
  }
  std::optional<SampleFile> samples;
  if (file) {
    samples.emplace(std::move(file));
  }
  if (const auto ports = scarce_local_ports(options, start.target)) {
    progress.say(text_of(*ports));
  }
  const auto show = [&](const LoadSnapshot& snapshot) {
    progress.show(snapshot);
    if (options.json && options.report_interval.count() > 0) {
      std::cout << json_progress(snapshot, options) << std::flush;
    }
  };
  const LoadResult result = run_load_test(options, start.target,
                                          {.stop_fd = signals.fd(),
                                           .on_stop = [&] { signals.take(); },
                                           .on_progress = show,
                                           .samples = samples ? &*samples : nullptr},
                                          std::move(start.first));
  progress.finish();
  std::cout << (options.json ? json_report(result) : text_report(result, cli::output_width())) << std::flush;
  if (samples) {
    finish_samples(*samples, options);
  }
  return result.is_clean() ? cli::kDone : cli::kFailed;
}

}  // namespace

int run_load(int argc, const char* const* argv) {
  return client::run_command("load", argc, argv, [&] {
    const LoadOptions options = parse_load_arguments(argc, argv);
    if (options.help) {
      std::cout << load_help(cli::output_width());
      return cli::kDone;
    }
    ensure_descriptors(options);
    return run(options);
  });
}

}  // namespace threadecho::load
