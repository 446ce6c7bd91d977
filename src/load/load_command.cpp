#include "load/load_command.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

#include "cli/exit_status.h"
#include "cli/options.h"
#include "client/failure.h"
#include "client/name_lookup.h"
#include "client/resolver.h"
#include "client/run_command.h"
#include "client/signal_fd.h"
#include "load/json_report.h"
#include "load/load_arguments.h"
#include "load/load_progress.h"
#include "load/load_run.h"
#include "load/load_start.h"
#include "load/local_ports.h"
#include "load/sample_file.h"
#include "load/text_report.h"
#include "net/fd.h"
#include "text/escape.h"

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

/// Call it before the result is printed, which says so if the file did not take all samples.
void finish_samples(SampleFile& samples, LoadResult& result) {
  try {
    samples.finish();
  } catch (const std::system_error& error) {
    const std::string reason =
        "cannot write " + text::in_quotes(result.options.raw_samples) + ": " + error.code().message();
    std::cerr << "threadecho load: " << reason << '\n';
    result.failure = client::Failure{client::FailureKind::kOther, reason};
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

int end_by_signal(const LoadOptions& options, int signal_number) {
  if (options.json) {
    std::cout << client::error_line(
        "interrupted", "ended by signal " + std::to_string(signal_number) + " before anything was measured");
  }
  return cli::kEndedBySignal + signal_number;
}

/// Throws std::runtime_error when standard output has lost its reader: the result could not be printed.
void print_progress(const LoadSnapshot& snapshot, const LoadOptions& options) {
  if (!(std::cout << json_progress(snapshot, options) << std::flush)) {
    throw std::runtime_error("cannot write to standard output");
  }
}

int run(const LoadOptions& options, client::NameLookup& names) {
  check_sources(options);
  net::Fd file = open_samples(options);
  LoadProgress progress(options, STDERR_FILENO);
  client::SignalFd signals(options.json ? client::SignalFd::LastWords::kJson : client::SignalFd::LastWords::kNone);
  static_cast<void>(std::signal(SIGPIPE, SIG_IGN));  // a closed standard error must not end the run

  LoadStart start = find_start(options, names, progress, signals);
  if (signals.signal()) {
    return end_by_signal(options, *signals.signal());
  }
  if (start.failure) {
    throw client::CommandFailed(*start.failure);
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
      print_progress(snapshot, options);
    }
  };
  LoadResult result = run_load_test(options, start.target,
                                    {.stop_fd = signals.fd(),
                                     .on_stop = [&] { signals.take(); },
                                     .on_progress = show,
                                     .samples = samples ? &*samples : nullptr,
                                     .names = &names,
                                     .candidates = std::move(start.candidates)},
                                    std::move(start.first));
  progress.finish();
  if (start.look_up_failure) {
    result.incidents.look_up_failed(*start.look_up_failure);
  }
  if (samples) {
    finish_samples(*samples, result);
  }
  std::cout << (options.json ? json_report(result) : text_report(result, cli::output_width())) << std::flush;
  return result.is_clean() ? cli::kDone : cli::kFailed;
}

}  // namespace

int run_load(int argc, const char* const* argv) {
  std::optional<client::NameLookup> names;
  const int status = client::run_command("load", argc, argv, [&] {
    const LoadOptions options = parse_load_arguments(argc, argv);
    if (options.help) {
      std::cout << cli::help_text(load_manual(), cli::output_width());
      return cli::kDone;
    }
    ensure_descriptors(options);
    return run(options, names.emplace(target_of(options)));
  });
  return names ? names->end_with(status) : status;
}

}  // namespace threadecho::load
