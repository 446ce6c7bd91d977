// The part of LoadWorker that deals with one connection: opened, loaded, lost, connected again.

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "load/load_worker.h"

namespace threadecho::load {
namespace {

// So many connects under way: more only fill the server's backlog.
constexpr std::size_t kConnectsAtOnce = 64;
constexpr Nanoseconds kFirstRetry = 10'000'000;
constexpr Nanoseconds kLongestRetry = 500'000'000;

}  // namespace

void LoadWorker::open_some(Nanoseconds now) {
  while (phase_ == Phase::kOpening && next_to_open_ < slots_.size() && connecting_ < kConnectsAtOnce) {
    connect(slots_[next_to_open_++], now);
  }
}

void LoadWorker::adopt_first(Nanoseconds now) {
  slots_.front().connection.adopt(std::move(first_.fd), now - first_.connect_time.count());
  ++next_to_open_;
  ++connecting_;
  watch(slots_.front());
}

void LoadWorker::connect(Slot& slot, Nanoseconds now) {
  const auto& sources = context_.options.sources;
  const net::Endpoint* const source = sources.empty() ? nullptr : &sources[slot.connection.index() % sources.size()];
  slot.connect_began = now;
  if (auto failure = slot.connection.connect(target_, source, now)) {
    fail(slot, std::move(*failure));
    return;
  }
  ++connecting_;
  watch(slot);
}

void LoadWorker::handle(Slot& slot, std::uint32_t events) {
  using State = LoadConnection::State;
  if (slot.connection.state() == State::kConnecting) {
    const Nanoseconds now = monotonic_now();
    if (auto failure = slot.connection.finish_connect(context_, target_, now)) {
      fail(slot, std::move(*failure));
    } else {
      --connecting_;
      on_open(slot, now);
    }
    open_some(now);
    return;
  }
  if ((events & (EPOLLIN | EPOLLERR | EPOLLHUP)) != 0 && slot.connection.state() != State::kClosed) {
    receive(slot, LoadConnection::Waiting::kNo);
  } else if (slot.connection.state() != State::kClosed) {
    pump(slot, monotonic_now());
  }
}

void LoadWorker::receive(Slot& slot, LoadConnection::Waiting waiting) {
  if (auto failure = slot.connection.receive(context_, waiting)) {
    fail(slot, std::move(*failure));
    return;
  }
  after_receive(slot);
  if (slot.connection.state() != LoadConnection::State::kClosed && slot.connection.wants_to_write()) {
    // Looking at the clock again would cost more than all else that is done here for a message.
    pump(slot, slot.connection.last_progress());
  } else {
    watch(slot);
  }
}

void LoadWorker::on_open(Slot& slot, Nanoseconds now) {
  context_.recorder.open_connections.add(1);
  settle(slot);
  if (phase_ == Phase::kRunning || context_.options.mode == LoadMode::kHold) {
    load(slot, now);
  } else {
    watch(slot);
  }
}

void LoadWorker::load(Slot& slot, Nanoseconds now) {
  const LoadOptions& options = context_.options;
  switch (options.mode) {
    case LoadMode::kClosed:
      if (slots_.size() == 1) {
        slot.connection.let_receive_wait();
      }
      for (std::uint32_t i = 0; i < options.pipeline; ++i) {
        slot.connection.allow_message(options, now);
      }
      break;
    case LoadMode::kBulk:
      slot.connection.allow_everything();
      break;
    case LoadMode::kChurn:
      slot.connection.allow_message(options, slot.connect_began);
      break;
    case LoadMode::kHold:
      slot.connection.allow_message(options, now);
      break;
    case LoadMode::kOpen:  // waits until a message is due
      break;
  }
  pump(slot, now);
}

void LoadWorker::after_receive(Slot& slot) {
  const LoadConnection& connection = slot.connection;
  if (connection.state() == LoadConnection::State::kDiagnosing) {
    if (diagnosing_++ == 0) {
      next_tick_ = 0;  // from now on more often
    }
    return;
  }
  if (connection.completed() == 0) {
    return;
  }
  if (slot.is_broken) {
    slot.is_broken = false;
    slot.retry_delay = 0;
    incidents_.recovered(slot.incident, monotonic_now());
  }
  if (phase_ == Phase::kFinishing && context_.options.mode == LoadMode::kHold && connection.is_idle()) {
    context_.recorder.proved.add(1);
  }
  if (context_.options.mode == LoadMode::kChurn && connection.is_idle()) {
    shut(slot);
    if (phase_ == Phase::kRunning) {
      connect(slot, monotonic_now());
    }
  }
}

void LoadWorker::pump(Slot& slot, Nanoseconds now) {
  if (auto failure = slot.connection.send(context_, now)) {
    fail(slot, std::move(*failure));
    return;
  }
  watch(slot);
}

void LoadWorker::fail(Slot& slot, client::Failure failure) {
  const LoadOptions& options = context_.options;
  const Nanoseconds now = monotonic_now();
  if (options.mode == LoadMode::kOpen && slot.connection.state() == LoadConnection::State::kOpen) {
    context_.recorder.missed_messages.add(slot.connection.measured_under_way(context_));
  }
  shut(slot);
  if (slot.is_broken) {
    incidents_.attempted(slot.incident);
  } else {
    context_.recorder.failures.add(1);
    slot.incident = incidents_.lost(now, slot.connection.index(), std::move(failure));
    // Each connection of a churn stands for itself.
    slot.is_broken = options.mode != LoadMode::kChurn;
  }
  settle(slot);
  if ((options.reconnect || options.mode == LoadMode::kChurn) && phase_ < Phase::kFinishing) {
    slot.retry_delay = std::clamp(2 * slot.retry_delay, kFirstRetry, kLongestRetry);
    slot.retry_at = now + slot.retry_delay;
    ++retrying_;
    next_tick_ = std::min(next_tick_, slot.retry_at);
  } else {
    next_tick_ = std::min(next_tick_, now + kFirstRetry);  // it may have been the last one
  }
}

void LoadWorker::settle(Slot& slot) {
  if (!slot.has_settled) {
    slot.has_settled = true;
    if (control_.settled.fetch_add(1, std::memory_order_acq_rel) + 1 == context_.options.connections) {
      control_.to_main.notify();
    }
  }
}

void LoadWorker::shut(Slot& slot) {
  switch (slot.connection.state()) {
    case LoadConnection::State::kClosed:
      break;
    case LoadConnection::State::kConnecting:
      --connecting_;
      break;
    case LoadConnection::State::kOpen:
    case LoadConnection::State::kDiagnosing:
      context_.recorder.open_connections.remove(1);
      break;
  }
  slot.connection.close();
  slot.interest = 0;  // epoll forgets a descriptor that is closed
}

void LoadWorker::watch(Slot& slot) {
  if (slot.connection.state() == LoadConnection::State::kClosed) {
    return;
  }
  const bool connecting = slot.connection.state() == LoadConnection::State::kConnecting;
  const std::uint32_t wanted = (connecting ? 0U : EPOLLIN) | (slot.connection.wants_to_write() ? EPOLLOUT : 0U);
  if (wanted == slot.interest) {
    return;
  }
  epoll_event event{.events = wanted, .data = {.u64 = static_cast<std::uint64_t>(&slot - slots_.data())}};
  const int operation = slot.interest == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
  if (::epoll_ctl(epoll_.get(), operation, slot.connection.fd(), &event) != 0) {
    throw std::system_error(errno, std::generic_category(), "epoll_ctl");
  }
  slot.interest = wanted;
}

}  // namespace threadecho::load
