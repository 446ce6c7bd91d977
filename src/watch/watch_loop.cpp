#include "watch/watch_loop.h"

#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

#include "client/local_stalls.h"
#include "net/poll_timeout.h"
#include "watch/identity_question.h"
#include "watch/watch_arguments.h"

namespace threadecho::watch {
namespace {

constexpr int kEventsAtOnce = 256;
/// What is due is done in so small parts, and then events are looked at: the time of an echo must not wait for others.
constexpr int kDueAtOnce = 4;
constexpr std::size_t kNameThreads = 4;

/// Steps that are due within this time are done together, at its end: fewer wake-ups.
Clock::duration tick_of(Clock::duration interval) {
  return std::clamp<Clock::duration>(interval / 100, std::chrono::milliseconds(1), std::chrono::milliseconds(10));
}

}  // namespace

WatchLoop::WatchLoop(const WatchOptions& options, log::Logger& log, client::SignalFd& signals, int hangups)
    : options_(options),
      log_(log),
      signals_(signals),
      hangups_(hangups),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      sockets_{.epoll = epoll_.get(), .open = 0, .most = Sockets::most_of_process()},
      names_("look-up", kNameThreads),
      identities_("version", 1),
      context_{.options = options,
               .sockets = sockets_,
               .timers = timers_,
               .log = log,
               .names = names_,
               .resolve = &client::resolve,
               .ask_identity = [this](WatchPath& path) { ask_identity(path); },
               .next_path = next_path_,
               .paths = paths_} {
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
  set_targets(read_targets(options_).targets, Clock::now());
  while (!signals_.signal()) {
    const auto due = wake_up_at();
    const auto now = Clock::now();
    take_events(now >= due ? 0 : net::poll_timeout(due, now), lock);
    const auto woken = Clock::now();
    note_late(due, woken);
    while (!signals_.signal() && run_due(woken)) {
      take_events(0, lock);
    }
    if (!is_ready() && std::ranges::all_of(targets_, [](const auto& target) { return target->is_known(); })) {
      is_ready_.store(true, std::memory_order_relaxed);
    }
  }
  is_ready_.store(false, std::memory_order_relaxed);
}

Clock::time_point WatchLoop::wake_up_at() const {
  const auto first = timers_.first_at();
  if (first == Clock::time_point::max()) {
    return first;
  }
  const auto tick = tick_of(options_.interval);
  return first + (tick - first.time_since_epoch() % tick) % tick;
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

/// This host did not run the loop in time: what comes late then is no fault of a server, and its events come first.
void WatchLoop::note_late(Clock::time_point due, Clock::time_point now) {
  if (due == Clock::time_point::max() || now - due < client::LocalStalls::kShortest) {
    return;
  }
  if (const auto suppressed = late_lines_.admit(now)) {
    log_.warn("this host did not run the watcher in time",
              {{"late_seconds", nanoseconds(now - due)}, {"suppressed", *suppressed}});
  }
}

int WatchLoop::take_events(int timeout, std::unique_lock<std::mutex>& lock) {
  std::array<epoll_event, kEventsAtOnce> events;  // NOLINT(cppcoreguidelines-pro-type-member-init): the kernel fills it
  if (timeout != 0) {
    lock.unlock();
  }
  int count = 0;
  do {
    count = ::epoll_wait(epoll_.get(), events.data(), kEventsAtOnce, timeout);
    const int error = errno;
    if (!lock.owns_lock()) {
      lock.lock();
    }
    if (count < 0 && error != EINTR) {
      throw std::system_error(error, std::generic_category(), "epoll_wait");
    }
    timeout = 0;
    bool names = false;
    bool identities = false;
    bool hangup = false;
    for (int i = 0; i < count; ++i) {
      void* const owner = events.at(static_cast<std::size_t>(i)).data.ptr;
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
        connection->note_events(events.at(static_cast<std::size_t>(i)).events);
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
  } while (count == kEventsAtOnce);
  return count;
}

void WatchLoop::set_targets(const std::vector<client::Target>& targets, Clock::time_point now) {
  std::erase_if(targets_, [&](const std::unique_ptr<WatchTarget>& one) {
    const std::string name = one->target().to_string();
    const bool stays = std::ranges::any_of(targets, [&](const auto& target) { return target.to_string() == name; });
    if (!stays) {
      ended_with_losses_ = ended_with_losses_ || one->has_losses();
      log_.info("target gone", {{"target", name}});
    }
    return !stays;
  });
  for (const client::Target& target : targets) {
    const std::string name = target.to_string();
    if (std::ranges::none_of(targets_, [&](const auto& one) { return one->target().to_string() == name; })) {
      targets_.push_back(std::make_unique<WatchTarget>(context_, target, now));
    }
  }
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
    set_targets(list.targets, Clock::now());
    log_.info("targets reloaded", {{"targets", list.targets.size()}});
  }
}

void WatchLoop::ask_identity(WatchPath& path) {
  identities_.post([this,
                    question = IdentityQuestion{.address = path.record().address,
                                                .port = options_.version_port,
                                                .timeout = options_.timeout},
                    number = path.number()]() -> Background::Finish {
    return [this, answer = ask(question), number] { take_identity(number, answer.name, answer.node); };
  });
}

void WatchLoop::take_identity(std::uint32_t number, std::string pod, std::string node) {
  for (const auto& target : targets_) {
    if (WatchPath* const path = target->find(number)) {
      path->take_identity(std::move(pod), std::move(node));
      return;
    }
  }
}

WatchSnapshot WatchLoop::snapshot() const {
  const std::lock_guard lock(mutex_);
  WatchSnapshot snapshot{.now = Clock::now(), .targets = {}};
  snapshot.targets.reserve(targets_.size());
  for (const auto& target : targets_) {
    snapshot.targets.push_back(target->snapshot());
  }
  return snapshot;
}

bool WatchLoop::has_losses() const {
  const std::lock_guard lock(mutex_);
  return ended_with_losses_ || std::ranges::any_of(targets_, [](const auto& target) { return target->has_losses(); });
}

int WatchLoop::end_with(int status) const {
  if (names_.is_busy() || identities_.is_busy()) {
    ::_exit(status);
  }
  return status;
}

}  // namespace threadecho::watch
