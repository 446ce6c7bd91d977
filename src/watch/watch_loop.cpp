#include "watch/watch_loop.h"

#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "client/local_stalls.h"
#include "net/poll_timeout.h"
#include "watch/identity_question.h"
#include "watch/watch_arguments.h"

namespace threadecho::watch {
namespace {

/// After this many due steps the loop takes events again: some echoes are timed when they are read, so they must not
/// wait.
constexpr int kDueAtOnce = 8;
constexpr std::size_t kNameThreads = 4;

/// What is due within this time is done together, at its end: fewer wake-ups.
Clock::duration tick_of(const WatchOptions& options) {
  return std::clamp<Clock::duration>(std::min(options.interval, options.timeout) / 20, std::chrono::milliseconds(1),
                                     std::chrono::milliseconds(50));
}

}  // namespace

WatchLoop::WatchLoop(const WatchOptions& options, log::Logger& log, client::SignalFd& signals, int hangups)
    : options_(options),
      log_(log),
      signals_(signals),
      hangups_(hangups),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      sockets_{.epoll = epoll_.get(), .most = Sockets::most_of_process()},
      names_("look-up", kNameThreads),
      identities_("version", 1),
      tick_(tick_of(options)),
      context_{.options = options,
               .sockets = sockets_,
               .timers = timers_,
               .log = log,
               .names = names_,
               .resolve = &client::resolve,
               .ask_identity = [this](WatchPath& path) { ask_identity(path); },
               .next_path = next_path_,
               .paths = paths_},
      targets_(context_) {
  if (!epoll_) {
    throw std::system_error(errno, std::generic_category(), "epoll");
  }
  add_descriptor(signals_.fd(), &signals_);
  add_descriptor(names_.fd(), &names_);
  add_descriptor(identities_.fd(), &identities_);
  if (hangups_ >= 0) {
    add_descriptor(hangups_, &hangups_);
  }
}

WatchLoop::~WatchLoop() = default;

/// `owner` tells its events from those of connections.
void WatchLoop::add_descriptor(int fd, void* owner) {
  epoll_event event{.events = EPOLLIN, .data = {.ptr = owner}};
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0) {
    throw std::system_error(errno, std::generic_category(), "epoll");
  }
}

void WatchLoop::run() {
  std::unique_lock lock(mutex_);
  watch(read_targets(options_).targets);
  while (!signals_.signal()) {
    note_ready();
    const auto due = next_tick();
    const auto before = Clock::now();
    lock.unlock();
    const auto events = next_events(before >= due ? 0 : net::poll_timeout(due, before));
    lock.lock();
    take(events);
    if (const auto now = Clock::now(); now >= due) {
      note_late(due, now);
      tick(now);
    }
  }
  is_ready_.store(false, std::memory_order_relaxed);
}

/// What is due waits for the next multiple of tick_.
Clock::time_point WatchLoop::next_tick() const {
  const auto first = timers_.first_at();
  return first == Clock::time_point::max() ? first : first + (tick_ - first.time_since_epoch() % tick_) % tick_;
}

/// Takes events first: what arrived in time must not count as late because the loop is late.
void WatchLoop::tick(Clock::time_point now) {
  take_events();
  while (!signals_.signal() && run_due(now)) {
    take_events();
  }
}

/// Does some of what is due. Returns whether there is more.
bool WatchLoop::run_due(Clock::time_point now) {
  for (int i = 0; i < kDueAtOnce; ++i) {
    if (timers_.first_at() > now) {
      return false;
    }
    timers_.first()->advance(Clock::now());
  }
  return timers_.first_at() <= now;
}

/// Logs that this host did not run the loop in time, which is no fault of a server.
void WatchLoop::note_late(Clock::time_point due, Clock::time_point now) {
  if (due == Clock::time_point::max() || now - due < client::LocalStalls::kShortest) {
    return;
  }
  if (const auto suppressed = late_lines_.admit(now)) {
    log_.warn("this host did not run the watcher in time",
              {{"late_seconds", nanoseconds(now - due)}, {"suppressed", *suppressed}});
  }
}

/// Once all names have been looked up, warns if the paths need more descriptors than there are: one line each time that
/// this begins.
void WatchLoop::note_ready() {
  if (!is_ready()) {
    is_ready_.store(targets_.are_known(), std::memory_order_relaxed);
  }
  const std::size_t needed = Sockets::needed(options_, paths_);
  const bool lacks = is_ready() && needed > sockets_.most;
  if (lacks && !lacks_descriptors_) {
    log_.warn("too few descriptors for all connections; raise RLIMIT_NOFILE",
              {{"paths", paths_}, {"connections", needed}, {"limit", sockets_.most}});
  }
  lacks_descriptors_ = lacks;
}

std::span<epoll_event> WatchLoop::next_events(int timeout) {
  const int count = ::epoll_wait(epoll_.get(), events_.data(), static_cast<int>(events_.size()), timeout);
  if (count < 0 && errno != EINTR) {
    throw std::system_error(errno, std::generic_category(), "epoll_wait");
  }
  return std::span(events_).first(static_cast<std::size_t>(std::max(count, 0)));
}

void WatchLoop::take_events() {
  for (auto events = next_events(0); !events.empty(); events = next_events(0)) {
    take(events);
    if (events.size() < events_.size()) {
      return;
    }
  }
}

void WatchLoop::take(std::span<const epoll_event> events) {
  bool names = false;
  bool identities = false;
  bool hangup = false;
  for (const epoll_event& event : events) {
    void* const owner = event.data.ptr;
    if (owner == &signals_) {
      signals_.take();
    } else if (owner == &names_) {
      names = true;
    } else if (owner == &identities_) {
      identities = true;
    } else if (owner == &hangups_) {
      hangup = true;
    } else {
      auto* const connection = static_cast<WatchConnection*>(owner);
      connection->note_events(event.events);
      connection->path().handle(*connection, Clock::now());
    }
  }
  // Last: these may end paths, to which events of this batch belong.
  if (identities) {
    identities_.finish_done();
  }
  if (names) {
    names_.finish_done();
  }
  if (hangup) {
    reload();
  }
}

void WatchLoop::watch(const std::vector<client::Target>& targets) {
  if (targets.empty()) {
    log_.warn("no targets", {{"file", options_.targets_file}});
  }
  targets_.set(targets, Clock::now());
}

void WatchLoop::reload() {
  signalfd_siginfo info{};
  while (::read(hangups_, &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {
  }
  const TargetList list = read_targets(options_);
  for (const config::Problem& problem : list.problems) {
    log_.error("targets not reloaded", {{"error", config::to_string(problem)}});
  }
  if (list.problems.empty()) {
    watch(list.targets);
    log_.info("targets reloaded", {{"targets", list.targets.size()}});
  }
}

void WatchLoop::ask_identity(WatchPath& path) {
  identities_.post([this,
                    question = IdentityQuestion{.address = path.record().address,
                                                .port = options_.version_port,
                                                .timeout = options_.timeout},
                    number = path.number()]() -> Background::Finish {
    return [this, answer = ask(question), number] {
      if (WatchPath* const asking = targets_.find(number)) {
        asking->take_identity(answer.name, answer.node);
      }
    };
  });
}

WatchSnapshot WatchLoop::snapshot() const {
  const std::lock_guard lock(mutex_);
  return targets_.snapshot();
}

bool WatchLoop::has_losses() const {
  const std::lock_guard lock(mutex_);
  return targets_.has_losses();
}

int WatchLoop::end_with(int status) const {
  if (names_.is_busy() || identities_.is_busy()) {
    ::_exit(status);
  }
  return status;
}

}  // namespace threadecho::watch
