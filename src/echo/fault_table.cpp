#include "echo/fault_table.h"

#include <pthread.h>

#include <algorithm>
#include <string>
#include <utility>

#include "host/start_thread.h"

namespace threadecho::echo {

FaultTable::FaultTable(bool enabled, log::Logger& log, std::function<void()> on_change)
    : enabled_(enabled), log_(log), on_change_(std::move(on_change)) {
  active_.reserve(kMost);  // so that adding a fault never allocates
}

void FaultTable::start() {
  if (enabled_) {
    thread_ = host::start_thread("cannot start the thread that ends faults", [this] { watch(); });
  }
}

void FaultTable::stop() {
  if (!thread_.joinable()) {
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

FaultPtr FaultTable::add(FaultSpec spec, std::uint64_t newest_connection) {
  const std::string text = spec.to_text();
  FaultPtr fault;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ || active_.size() >= kMost) {
      return nullptr;
    }
    fault = std::make_shared<Fault>(last_id_ + 1, std::move(spec), Clock::now(), newest_connection);
    ++last_id_;
    active_.push_back(fault);
    renew_generation();
  }
  const log::Field id{"id", fault->id()};
  const log::Field kind{"fault", name_of(fault->kind())};
  const log::Field duration{"duration_seconds", fault->spec().duration};
  if (text.empty()) {
    log_.warn("fault started", {id, kind, duration});
  } else {
    log_.warn("fault started", {id, kind, {"settings", text}, duration});
  }
  changed();
  return fault;
}

bool FaultTable::has_stopped() const {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

FaultPtr FaultTable::end(std::uint64_t id) {
  FaultPtr fault;
  {
    const std::lock_guard lock(mutex_);
    const auto place = std::ranges::find(active_, id, &Fault::id);
    if (place == active_.end()) {
      return nullptr;
    }
    fault = take_out(place);
  }
  ended(*fault, "deleted");
  return fault;
}

std::vector<FaultPtr> FaultTable::end_all() {
  std::vector<FaultPtr> faults = active();
  std::erase_if(faults, [this](const FaultPtr& fault) { return end(fault->id()) == nullptr; });
  return faults;
}

std::vector<FaultPtr> FaultTable::active() const {
  const std::lock_guard lock(mutex_);
  return active_;
}

FaultTotals FaultTable::totals() const {
  FaultTotals totals;
  std::ranges::transform(injected_, totals.injected.begin(),
                         [](const auto& count) { return count.load(std::memory_order_relaxed); });
  const std::lock_guard lock(mutex_);
  totals.active = active_.size();
  return totals;
}

void FaultTable::wait(Clock::time_point until, std::uint32_t generation, const Connection& connection) {
  std::unique_lock lock(mutex_);
  changed_.wait_until(lock, until,
                      [&] { return this->generation() != generation || connection.end_reason().has_value(); });
}

void FaultTable::wake_waiting() {
  { const std::lock_guard lock(mutex_); }  // a thread that has just checked the condition then waits already
  changed_.notify_all();
}

void FaultTable::count(Fault& fault) noexcept {
  if (fault.count()) {
    injected_[index_of(fault.kind())].fetch_add(1, std::memory_order_relaxed);
  }
}

bool FaultTable::refuses(std::uint64_t connection, const net::Endpoint& peer) {
  if (generation() == 0) {
    return false;
  }
  const std::lock_guard lock(mutex_);
  const auto fault = std::ranges::find_if(active_, [&](const FaultPtr& candidate) {
    return candidate->kind() == FaultKind::kRefuse && candidate->is_for(connection, peer);
  });
  if (fault == active_.end()) {
    return false;
  }
  count(**fault);
  return true;
}

bool FaultTable::is_unready() const {
  const std::lock_guard lock(mutex_);
  return find(FaultKind::kUnready) != nullptr;
}

void FaultTable::count_unready() {
  const std::lock_guard lock(mutex_);
  if (const FaultPtr fault = find(FaultKind::kUnready)) {
    count(*fault);
  }
}

FaultPtr FaultTable::find(FaultKind kind) const {
  const auto fault = std::ranges::find(active_, kind, &Fault::kind);
  return fault == active_.end() ? nullptr : *fault;
}

FaultPtr FaultTable::take_out(std::vector<FaultPtr>::iterator place) {
  FaultPtr fault = std::move(*place);
  active_.erase(place);
  fault->stop_counting();
  renew_generation();
  return fault;
}

void FaultTable::renew_generation() {
  ++last_generation_;
  generation_.store(active_.empty() ? 0 : last_generation_, std::memory_order_relaxed);
}

/// Allocates nothing, so that it ends faults even without memory.
void FaultTable::watch() {
  ::pthread_setname_np(::pthread_self(), "faults");
  std::unique_lock lock(mutex_);
  while (!stopping_ || !active_.empty()) {
    const auto first = std::ranges::min_element(active_, {}, &Fault::end);
    if (first == active_.end()) {
      changed_.wait(lock);
    } else if (!stopping_ && !(*first)->is_over(Clock::now())) {
      changed_.wait_until(lock, (*first)->end());
    } else {
      const std::string_view how = stopping_ ? "stopped" : "expired";
      const FaultPtr fault = take_out(first);
      lock.unlock();
      ended(*fault, how);
      lock.lock();
    }
  }
}

void FaultTable::ended(const Fault& fault, std::string_view how) {
  log_.warn("fault ended",
            {{"id", fault.id()}, {"fault", name_of(fault.kind())}, {"reason", how}, {"injected", fault.injected()}});
  changed();
}

void FaultTable::changed() {
  changed_.notify_all();
  on_change_();
}

}  // namespace threadecho::echo
