#include "load/load_worker.h"

#include <sys/epoll.h>
#include <sys/prctl.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <system_error>
#include <utility>

#include "load/tick_timer.h"

namespace threadecho::load {
namespace {

constexpr std::size_t kMessageBuffer = std::size_t{64} * 1024;
constexpr std::size_t kBulkBuffer = std::size_t{256} * 1024;
constexpr int kEventsAtOnce = 256;
// How often clients are checked: while something is about to happen, and otherwise.
constexpr Nanoseconds kBusyTick = 10 * kMillisecond;
constexpr Nanoseconds kCalmTick = 100 * kMillisecond;
// How often a receive that blocks is interrupted.
constexpr std::chrono::milliseconds kReceiveTick{20};
// Messages that are due, sent before the next look at events.
constexpr int kDueAtOnce = 64;
// Connects in flight: more only fill the server's backlog.
constexpr std::size_t kConnectsAtOnce = 64;

std::size_t buffer_size(const LoadOptions& options) {
  return options.mode == LoadMode::kBulk || options.size > kMessageBuffer ? kBulkBuffer : kMessageBuffer;
}

}  // namespace

LoadWorker::LoadWorker(const LoadOptions& options, const net::Endpoint& target, std::uint32_t number,
                       LoadControl& control)
    : state_{.context = {.options = options,
                         .schedule = {.start = 0,
                                      .nanoseconds_per_message =
                                          options.rate > 0 ? static_cast<double>(kSecond) / options.rate : 0,
                                      .connections = options.connections,
                                      .ramp = static_cast<double>(std::chrono::nanoseconds(options.ramp).count())},
                         .send_buffer = std::vector<std::byte>(buffer_size(options)),
                         .receive_buffer = std::vector<std::byte>(buffer_size(options)),
                         .recorder = {}},
             .names = control.names,
             .target = target,
             .control = control,
             .epoll = net::Fd(::epoll_create1(EPOLL_CLOEXEC))} {
  LoadRecorder& recorder = state_.context.recorder;
  recorder.by_due_time = options.mode == LoadMode::kOpen;
  recorder.times_messages = options.mode != LoadMode::kBulk && options.mode != LoadMode::kHold;
  recorder.sample_file = control.samples;
  epoll_event event{.events = EPOLLIN, .data = {.ptr = nullptr}};
  if (!state_.epoll || ::epoll_ctl(state_.epoll.get(), EPOLL_CTL_ADD, wakeup_.fd(), &event) != 0) {
    throw std::system_error(errno, std::generic_category(), "epoll");
  }
  clients_.reserve(options.connections / options.threads + 1);
  for (std::uint32_t index = number; index < options.connections; index += options.threads) {
    clients_.emplace_back(state_, index);
  }
  state_.has_one_client = clients_.size() == 1;
}

void LoadWorker::run() {
  if (state_.context.options.mode == LoadMode::kOpen) {
    ::prctl(PR_SET_TIMERSLACK, 1UL);  // send messages on time, not 50 us later
  }
  std::optional<TickTimer> ticks;
  if (state_.context.options.mode == LoadMode::kClosed && state_.has_one_client) {
    ticks.emplace(kReceiveTick);
  }
  if (first_.fd) {
    clients_[next_to_open_++].adopt(std::move(first_), monotonic_now());
  }
  Nanoseconds now = monotonic_now();
  while (state_.phase != Phase::kDone) {
    take_control(now);
    send_due(now, kDueAtOnce);
    open_some(now);
    if (now >= state_.next_check) {
      check_all(now);
    } else if (const auto came = wait_in_receive()) {
      now = *came;
      continue;
    } else {
      wait_for_events(now);
    }
    now = monotonic_now();
  }
  ended_measuring_ = std::min(state_.context.recorder.to, monotonic_now());
  state_.context.recorder.flush_samples();
  clients_.clear();
}

Nanoseconds LoadWorker::opens_at() const {
  if (next_to_open_ == clients_.size() || state_.connecting >= kConnectsAtOnce || state_.phase >= Phase::kFinishing) {
    return INT64_MAX;
  }
  const LoadOptions& options = state_.context.options;
  if (!options.ramps_connections()) {
    return 0;
  }
  const double share = static_cast<double>(clients_[next_to_open_].connection().index()) / options.connections;
  return state_.phase == Phase::kRunning
             ? state_.context.schedule.start + static_cast<Nanoseconds>(share * state_.context.schedule.ramp)
             : INT64_MAX;
}

void LoadWorker::open_some(Nanoseconds now) {
  while (opens_at() <= now) {
    clients_[next_to_open_++].connect(monotonic_now());
  }
}

Nanoseconds LoadWorker::next_deadline() const {
  const Nanoseconds end = state_.phase == Phase::kRunning ? state_.context.recorder.to : INT64_MAX;
  return std::min({state_.next_check, due_at_, opens_at(), end});
}

void LoadWorker::wait_for_events(Nanoseconds now) { take_events(std::max<Nanoseconds>(next_deadline() - now, 0)); }

/// Called before a client checks its timeouts: an echo may have arrived while this thread did not run.
void LoadWorker::take_all_events() {
  // epoll reports descriptors in turn: after as many as there are, each has been reported that was ready.
  std::size_t reported = 0;
  for (int count = kEventsAtOnce; count == kEventsAtOnce && reported <= clients_.size();) {
    count = take_events(0);
    reported += static_cast<std::size_t>(count);
  }
}

/// Waits for events, for `wait` at most, and handles up to kEventsAtOnce of them. Returns how many it handled.
int LoadWorker::take_events(Nanoseconds wait) {
  std::array<epoll_event, kEventsAtOnce> events;  // NOLINT(cppcoreguidelines-pro-type-member-init): the kernel fills it
  const int count = wait_.wait(state_.epoll.get(), events, wait);
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events.at(static_cast<std::size_t>(i));
    if (event.data.ptr == nullptr) {
      wakeup_.clear();
    } else {
      static_cast<LoadClient*>(event.data.ptr)->handle(event.events);
    }
  }
  return count;
}

/// A worker with a single connection waits for its echo where a plain blocking client does: epoll would cost a third
/// system call for each message. Returns the time then, which was taken for the latency; nothing when it has something
/// else to wait for.
std::optional<Nanoseconds> LoadWorker::wait_in_receive() {
  const LoadConnection& connection = clients_.front().connection();
  if (!state_.has_one_client || !state_.context.refills || connection.state() != LoadConnection::State::kOpen ||
      connection.is_idle() || connection.wants_to_write()) {
    return std::nullopt;
  }
  const Nanoseconds before = connection.last_progress();
  clients_.front().receive(LoadConnection::Waiting::kUntilInterrupted);
  const Nanoseconds came = connection.last_progress();
  return came > before ? came : monotonic_now();
}

void LoadWorker::take_control(Nanoseconds now) {
  if (state_.phase == Phase::kOpening) {
    if (const Nanoseconds start = state_.control.start.load(std::memory_order_acquire); start != 0) {
      begin_run(start);
    }
  }
  if ((state_.phase == Phase::kRunning && now >= state_.context.recorder.to) ||
      (state_.phase < Phase::kFinishing && state_.control.stop.load(std::memory_order_acquire))) {
    finish_run();
  }
}

void LoadWorker::begin_run(Nanoseconds start) {
  const LoadOptions& options = state_.context.options;
  state_.context.recorder.from = start + std::chrono::nanoseconds(options.ramp + options.warmup).count();
  state_.context.recorder.to = state_.context.recorder.from + std::chrono::nanoseconds(options.duration).count();
  state_.context.refills = options.mode == LoadMode::kClosed;
  state_.phase = Phase::kRunning;
  state_.context.schedule.start = start;
  if (options.mode == LoadMode::kOpen) {
    due_at_ = state_.context.schedule.due(0, clients_.front().connection().index());
  }
  for (LoadClient& client : clients_) {
    client.begin(start);
  }
}

void LoadWorker::finish_run() {
  const Nanoseconds now = monotonic_now();
  state_.phase = Phase::kFinishing;
  state_.context.refills = false;
  state_.context.recorder.to = std::min(state_.context.recorder.to, now);
  state_.next_check = now;
  state_.retrying = 0;
  send_due(now, INT_MAX);  // what was due before the end counts, however late this thread is
  due_at_ = INT64_MAX;
  for (LoadClient& client : clients_) {
    client.finish(now);
  }
}

void LoadWorker::send_due(Nanoseconds now, int most) {
  for (int i = 0; i < most && due_at_ <= now && due_at_ < state_.context.recorder.to; ++i) {
    if (!clients_[due_client_].send_due(due_round_, now) && due_at_ >= state_.context.recorder.from) {
      state_.context.recorder.missed_messages.add(1);
    }
    if (++due_client_ == clients_.size()) {
      due_client_ = 0;
      ++due_round_;
    }
    due_at_ = state_.context.schedule.due(due_round_, clients_[due_client_].connection().index());
  }
}

void LoadWorker::check_all(Nanoseconds now) {
  const Nanoseconds held_up = std::max<Nanoseconds>(now - check_due_, 0);
  state_.context.recorder.local_stalls.note(std::chrono::nanoseconds(held_up));
  take_all_events();
  state_.diagnosing = 0;
  for (LoadClient& client : clients_) {
    client.check(now, held_up);
    state_.diagnosing += client.connection().state() == LoadConnection::State::kDiagnosing ? 1U : 0U;
  }
  if (is_done()) {
    state_.phase = Phase::kDone;
  }
  const bool is_busy =
      state_.retrying > 0 || state_.diagnosing > 0 || state_.connecting > 0 || state_.phase == Phase::kFinishing;
  check_due_ = state_.next_check = now + (is_busy ? kBusyTick : kCalmTick);
}

bool LoadWorker::is_done() const {
  return (next_to_open_ == clients_.size() || state_.phase == Phase::kFinishing) && state_.retrying == 0 &&
         std::ranges::all_of(clients_, &LoadClient::is_done);
}

}  // namespace threadecho::load
