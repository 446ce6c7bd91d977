#include "serve/service_manager.h"

#include <algorithm>

#include "serve/service_variables.h"

namespace threadecho::serve {
namespace {

/// How many times in the watchdog's interval a thread beats, and the service manager hears of it.
/// sd_watchdog_enabled(3) recommends two; twice as many leave room for a late one on a busy machine.
constexpr int kBeatsPerInterval = 4;

std::string status(std::string_view state, std::size_t connections) {
  return std::string("STATUS=").append(state).append(", connections: ").append(std::to_string(connections));
}

}  // namespace

ServiceManager::ServiceManager(const host::Environment& variables, pid_t self, log::Logger& log) : log_(log) {
  const auto found = variables.find("NOTIFY_SOCKET");
  if (found == variables.end() || found->second.empty()) {
    return;
  }
  if (const auto address = parse_unix_address(found->second)) {
    socket_.emplace(*address);
    watchdog_ = watchdog_interval(variables, self);
  } else {
    log_.warn("cannot notify the service manager",
              {{"notify_socket", found->second}, {"error", "neither an absolute path nor an abstract name"}});
  }
}

void ServiceManager::watch(std::string_view name, host::Heartbeat& heartbeat) {
  if (watchdog_) {
    heartbeat.begin(*watchdog_ / kBeatsPerInterval);
    watched_.push_back({name, &heartbeat});
  }
}

void ServiceManager::ready() {
  send("READY=1\n" + status("serving", 0));
  reported_ = 0;
}

void ServiceManager::serving(std::size_t connections, Clock::time_point now) {
  if (watchdog_ && now >= next_watchdog_) {
    if (are_threads_alive(now)) {
      send("WATCHDOG=1");
    }
    next_watchdog_ = now + *watchdog_ / kBeatsPerInterval;
  }
  if (now >= next_report_) {
    if (reported_ != connections) {
      send(status("serving", connections));
      reported_ = connections;
    }
    next_report_ = now + kReport;
  }
}

void ServiceManager::stopping(std::size_t connections, Clock::time_point now) {
  send("STOPPING=1");
  next_report_ = Clock::time_point::min();
  draining(connections, now);
}

void ServiceManager::draining(std::size_t connections, Clock::time_point now) {
  if (is_there() && now >= next_report_) {
    const auto extension = std::chrono::microseconds(kExtension).count();
    send(status("draining", connections) + "\nEXTEND_TIMEOUT_USEC=" + std::to_string(extension));
    next_report_ = now + kReport;
  }
}

ServiceManager::Clock::duration ServiceManager::time_to_report(Clock::time_point now) const noexcept {
  const auto next = watchdog_ ? std::min(next_report_, next_watchdog_) : next_report_;
  return std::max(next, now) - now;
}

bool ServiceManager::are_threads_alive(Clock::time_point now) {
  const auto late = std::ranges::find_if(watched_, [&](const Watched& thread) {
    return now - thread.heartbeat->last() > 2 * (*watchdog_ / kBeatsPerInterval);
  });
  const std::string_view stuck = late == watched_.end() ? std::string_view() : late->name;
  if (!stuck.empty() && stuck != stuck_) {
    log_.error("a thread does not respond; the service manager will end this process", {{"thread", stuck}});
  }
  stuck_ = stuck;
  return stuck.empty();
}

void ServiceManager::send(const std::string& message) {
  if (!socket_) {
    return;
  }
  const std::error_code error = socket_->send(message);
  if (error && !has_failed_) {
    const std::string reason = error.message();
    log_.warn("cannot notify the service manager", {{"error", reason}});
  }
  has_failed_ = static_cast<bool>(error);
}

}  // namespace threadecho::serve
