#include "client/load_command.h"

#include <pthread.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <fstream>
#include <iostream>
#include <system_error>

#include "client/load_options.h"
#include "client/load_progress.h"
#include "client/load_report.h"
#include "client/load_run.h"
#include "client/load_target.h"
#include "net/fd.h"

namespace threadecho::client {
namespace {

constexpr int kClean = 0;
constexpr int kNotClean = 1;
constexpr int kWrongArguments = 2;
constexpr int kExitOfSignal = 128;
// Standard streams, epoll and wake-ups, and what libraries hold.
constexpr rlim_t kOtherDescriptors = 32;

extern "C" void end_load_at_once(int signal_number) { ::_exit(kExitOfSignal + signal_number); }

/// While it lives, SIGINT and SIGTERM make fd() readable instead of ending the process. SIGPIPE is ignored: a progress
/// line that nobody reads must not end the run.
class StopRequest {
 public:
  StopRequest() {
    ::sigemptyset(&signals_);
    ::sigaddset(&signals_, SIGINT);
    ::sigaddset(&signals_, SIGTERM);
    ::pthread_sigmask(SIG_BLOCK, &signals_, &before_);
    static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
    fd_ = net::Fd(::signalfd(-1, &signals_, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!fd_) {
      throw std::system_error(errno, std::generic_category(), "signalfd");
    }
  }
  ~StopRequest() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  StopRequest(const StopRequest&) = delete;
  StopRequest& operator=(const StopRequest&) = delete;

  [[nodiscard]] int fd() const noexcept { return fd_.get(); }
  /// From now on the next signal ends the process at once.
  void let_next_one_end_it() const {
    signalfd_siginfo taken{};
    [[maybe_unused]] const auto size = ::read(fd_.get(), &taken, sizeof taken);
    static_cast<void>(std::signal(SIGINT, &end_load_at_once));
    static_cast<void>(std::signal(SIGTERM, &end_load_at_once));
    ::pthread_sigmask(SIG_UNBLOCK, &signals_, nullptr);
  }

 private:
  sigset_t signals_{};
  sigset_t before_{};
  net::Fd fd_;
};

int complain(const std::string& what, int status) {
  std::cerr << "threadecho load: " << what << '\n';
  return status;
}

/// Raises the soft limit to the hard one; false when that is not enough.
bool has_descriptors(const LoadOptions& options, rlim_t& most) {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  ::getrlimit(RLIMIT_NOFILE, &limit);
  const rlim_t needed = options.connections + kOtherDescriptors + 2 * rlim_t{options.threads};
  most = limit.rlim_cur > kOtherDescriptors ? limit.rlim_cur - kOtherDescriptors : 0;
  return limit.rlim_cur >= needed;
}

void write_samples(const LoadResult& result) {
  std::ofstream file(result.options.raw_samples);
  for (const Nanoseconds sample : result.samples) {
    file << sample << '\n';
  }
}

int run(const LoadOptions& options) {
  const auto target = first_reachable(resolve(*split_target(options.target), options.sources),
                                      static_cast<int>(options.timeout.count()));
  const StopRequest stop;
  LoadProgress progress(options, STDERR_FILENO);
  const LoadResult result =
      run_load_test(options, target,
                    {.stop_fd = stop.fd(),
                     .on_stop = [&] { stop.let_next_one_end_it(); },
                     .on_progress = [&](const LoadSnapshot& snapshot) { progress.show(snapshot); }});
  progress.finish();
  std::cout << (options.json ? json_report(result) : text_report(result)) << std::flush;
  if (!options.raw_samples.empty()) {
    write_samples(result);
  }
  return result.is_clean() ? kClean : kNotClean;
}

}  // namespace

int run_load(int argc, const char* const* argv) {
  const ParsedLoad parsed = parse_load_arguments(argc - 1, argv + 1);
  if (parsed.exit) {
    (parsed.exit->status == 0 ? std::cout : std::cerr) << parsed.exit->text << std::flush;
    return parsed.exit->status;
  }
  if (rlim_t most = 0; !has_descriptors(parsed.options, most)) {
    return complain("--connections: the limit of open files (ulimit -n) leaves about " + std::to_string(most),
                    kWrongArguments);
  }
  try {
    return run(parsed.options);
  } catch (const std::exception& error) {
    return complain(error.what(), kNotClean);
  }
}

}  // namespace threadecho::client
