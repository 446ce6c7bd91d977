#include "load/load_worker.h"

#include <sys/prctl.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <ctime>
#include <system_error>

#include "load/tick_timer.h"

namespace threadecho::load {
namespace {

constexpr std::size_t kMessageBuffer = std::size_t{64} * 1024;
constexpr std::size_t kBulkBuffer = std::size_t{256} * 1024;
constexpr int kEventsAtOnce = 256;
constexpr Nanoseconds kMillisecond = 1'000'000;
constexpr Nanoseconds kSecond = 1000 * kMillisecond;
// How often slots are looked at: while something is about to happen, and otherwise.
constexpr Nanoseconds kBusyTick = 10 * kMillisecond;
constexpr Nanoseconds kCalmTick = 100 * kMillisecond;
// A receive that blocks is interrupted so often, to look around.
constexpr std::chrono::milliseconds kReceiveTick{20};
// So many messages that are due go out before events are looked at again.
constexpr int kDueAtOnce = 64;
constexpr std::uint64_t kWakeup = UINT64_MAX;

std::size_t buffer_size(const LoadOptions& options) {
  return options.mode == LoadMode::kBulk || options.size > kMessageBuffer ? kBulkBuffer : kMessageBuffer;
}

}  // namespace

LoadWorker::LoadWorker(const LoadOptions& options, const net::Endpoint& target, std::uint32_t number,
                       LoadControl& control)
    : context_{.options = options,
               .schedule = {.start = 0,
                            .nanoseconds_per_message =
                                options.rate > 0 ? static_cast<double>(kSecond) / options.rate : 0,
                            .connections = options.connections},
               .send_buffer = std::vector<std::byte>(buffer_size(options)),
               .receive_buffer = std::vector<std::byte>(buffer_size(options)),
               .recorder = {}},
      target_(target),
      control_(control),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  context_.recorder.by_due_time = options.mode == LoadMode::kOpen;
  context_.recorder.times_messages = options.mode != LoadMode::kBulk && options.mode != LoadMode::kHold;
  context_.recorder.sample_file = control.samples;
  epoll_event event{.events = EPOLLIN, .data = {.u64 = kWakeup}};
  if (!epoll_ || ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, wakeup_.fd(), &event) != 0) {
    throw std::system_error(errno, std::generic_category(), "epoll");
  }
  slots_.reserve(options.connections / options.threads + 1);
  for (std::uint32_t index = number; index < options.connections; index += options.threads) {
    slots_.push_back({.connection = LoadConnection(options, index)});
  }
}

void LoadWorker::run() {
  if (context_.options.mode == LoadMode::kOpen) {
    ::prctl(PR_SET_TIMERSLACK, 1UL);  // messages are to go out on time, not 50 us later
  }
  std::optional<TickTimer> ticks;
  if (context_.options.mode == LoadMode::kClosed && slots_.size() == 1) {
    ticks.emplace(kReceiveTick);
  }
  if (first_.fd) {
    adopt_first(monotonic_now());
  }
  Nanoseconds now = monotonic_now();
  while (phase_ != Phase::kDone) {
    take_control(now);
    send_due(now, kDueAtOnce);
    if (now >= next_tick_) {
      open_some(now);
      tick(now);
    } else if (const auto came = wait_in_receive()) {
      now = *came;
      continue;
    } else {
      wait_for_events(now);
    }
    now = monotonic_now();
  }
  ended_measuring_ = std::min(context_.recorder.to, monotonic_now());
  context_.recorder.flush_samples();
  slots_.clear();
}

Nanoseconds LoadWorker::next_deadline() const {
  const Nanoseconds end = phase_ == Phase::kRunning ? context_.recorder.to : INT64_MAX;
  return std::min({next_tick_, due_at_, end});
}

void LoadWorker::wait_for_events(Nanoseconds now) {
  std::array<epoll_event, kEventsAtOnce> events;  // NOLINT(cppcoreguidelines-pro-type-member-init): the kernel fills it
  const Nanoseconds wait = std::max<Nanoseconds>(next_deadline() - now, 0);
  const timespec timeout{.tv_sec = wait / kSecond, .tv_nsec = wait % kSecond};
  int count = -1;
  if (has_precise_wait_) {
    count = ::epoll_pwait2(epoll_.get(), events.data(), kEventsAtOnce, &timeout, nullptr);
    // Before Linux 5.11, or refused by a seccomp profile that is older than the call.
    has_precise_wait_ = count >= 0 || (errno != ENOSYS && errno != EPERM);
  }
  if (!has_precise_wait_) {  // wakes early and asks again rather than late
    count = ::epoll_wait(epoll_.get(), events.data(), kEventsAtOnce, static_cast<int>(wait / kMillisecond));
  }
  if (count < 0 && errno != EINTR) {
    throw std::system_error(errno, std::generic_category(), "epoll_wait");
  }
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events.at(static_cast<std::size_t>(i));
    if (event.data.u64 == kWakeup) {
      wakeup_.clear();
    } else {
      handle(slots_[event.data.u64], event.events);
    }
  }
}

/// A worker with a single connection waits for its echo where a plain blocking client does: epoll would cost a third
/// system call for each message. Returns the time then, which was taken for the latency; nothing when it has something
/// else to wait for.
std::optional<Nanoseconds> LoadWorker::wait_in_receive() {
  Slot& slot = slots_.front();
  if (slots_.size() > 1 || !context_.refills || slot.connection.state() != LoadConnection::State::kOpen ||
      slot.connection.is_idle() || slot.connection.wants_to_write()) {
    return std::nullopt;
  }
  const Nanoseconds before = slot.connection.last_progress();
  receive(slot, LoadConnection::Waiting::kUntilInterrupted);
  const Nanoseconds came = slot.connection.last_progress();
  return came > before ? came : monotonic_now();
}

void LoadWorker::take_control(Nanoseconds now) {
  if (phase_ == Phase::kOpening) {
    if (const Nanoseconds start = control_.start.load(std::memory_order_acquire); start != 0) {
      begin_run(start);
    }
  }
  if ((phase_ == Phase::kRunning && now >= context_.recorder.to) ||
      (phase_ < Phase::kFinishing && control_.stop.load(std::memory_order_acquire))) {
    finish_run();
  }
}

void LoadWorker::begin_run(Nanoseconds start) {
  const LoadOptions& options = context_.options;
  context_.recorder.from = start + std::chrono::nanoseconds(options.warmup).count();
  context_.recorder.to = context_.recorder.from + std::chrono::nanoseconds(options.duration).count();
  context_.refills = options.mode == LoadMode::kClosed;
  phase_ = Phase::kRunning;
  if (options.mode == LoadMode::kOpen) {
    context_.schedule.start = start;
    due_at_ = context_.schedule.due(0, slots_.front().connection.index());
  }
  for (Slot& slot : slots_) {
    if (slot.connection.state() == LoadConnection::State::kOpen && options.mode != LoadMode::kHold) {
      slot.connect_began = start;
      load(slot, start);
    }
  }
}

void LoadWorker::finish_run() {
  const Nanoseconds now = monotonic_now();
  phase_ = Phase::kFinishing;
  context_.refills = false;
  context_.recorder.to = std::min(context_.recorder.to, now);
  next_tick_ = now;
  retrying_ = 0;
  send_due(now, INT_MAX);  // what was due before the end counts, however late this thread is
  due_at_ = INT64_MAX;
  for (Slot& slot : slots_) {
    slot.retry_at = 0;
    if (slot.connection.state() == LoadConnection::State::kConnecting) {
      shut(slot);
    } else if (slot.connection.state() == LoadConnection::State::kOpen) {
      slot.connection.allow_no_more(context_.options);
      if (context_.options.mode == LoadMode::kHold) {
        slot.connection.allow_message(context_.options, now);
      }
      pump(slot, now);
    }
  }
}

void LoadWorker::send_due(Nanoseconds now, int most) {
  for (int i = 0; i < most && due_at_ <= now && due_at_ < context_.recorder.to; ++i) {
    Slot& slot = slots_[due_slot_];
    if (slot.connection.state() == LoadConnection::State::kOpen) {
      slot.connection.allow_due(context_.options, due_round_, now);
      pump(slot, now);
    } else if (due_at_ >= context_.recorder.from) {
      context_.recorder.missed_messages.add(1);
    }
    if (++due_slot_ == slots_.size()) {
      due_slot_ = 0;
      ++due_round_;
    }
    due_at_ = context_.schedule.due(due_round_, slots_[due_slot_].connection.index());
  }
}

void LoadWorker::tick(Nanoseconds now) {
  diagnosing_ = 0;
  for (Slot& slot : slots_) {
    if (slot.retry_at != 0 && now >= slot.retry_at) {
      slot.retry_at = 0;
      --retrying_;
      connect(slot, now);
    } else if (auto failure = slot.connection.check(context_, now)) {
      fail(slot, std::move(*failure));
    }
    diagnosing_ += slot.connection.state() == LoadConnection::State::kDiagnosing ? 1U : 0U;
  }
  if (is_through()) {
    phase_ = Phase::kDone;
  }
  const bool busy = retrying_ > 0 || diagnosing_ > 0 || connecting_ > 0 || phase_ == Phase::kFinishing;
  next_tick_ = now + (busy ? kBusyTick : kCalmTick);
}

bool LoadWorker::is_through() const {
  if (next_to_open_ < slots_.size() && phase_ != Phase::kFinishing) {
    return false;
  }
  return retrying_ == 0 && std::ranges::all_of(slots_, [&](const Slot& slot) {
           return slot.connection.state() == LoadConnection::State::kClosed ||
                  (phase_ == Phase::kFinishing && slot.connection.state() == LoadConnection::State::kOpen &&
                   slot.connection.is_idle());
         });
}

}  // namespace threadecho::load
