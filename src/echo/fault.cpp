#include "echo/fault.h"

#include <fmt/format.h>

#include <algorithm>

#include "echo/spread.h"
#include "text/durations.h"

namespace threadecho::echo {

std::string FaultSpec::to_text() const {
  std::string text;
  const auto add = [&text](std::string_view name, const std::string& value) {
    text.append(text.empty() ? "" : " ").append(name).append("=").append(value);
  };
  if (kind == FaultKind::kDelay) {
    add("delay", text::format_duration(delay));
  }
  if (jitter.count() > 0) {
    add("jitter", text::format_duration(jitter));
  }
  if (bytes_per_second > 0) {
    add("bytes_per_second", std::to_string(bytes_per_second));
  }
  if (after_bytes > 0) {
    add("after_bytes", std::to_string(after_bytes));
  }
  if (share < 1) {
    add("share", fmt::format("{}", share));
  }
  std::string networks;
  for (const net::Network& network : clients) {
    networks.append(networks.empty() ? "" : ",").append(network.to_string());
  }
  if (!networks.empty()) {
    add("clients", networks);
  }
  if (only_new) {
    add("scope", "new");
  }
  return text;
}

Fault::Fault(std::uint64_t id, FaultSpec spec, Clock::time_point begin, std::uint64_t newest_connection)
    : id_(id),
      spec_(std::move(spec)),
      end_(begin + spec_.duration),
      after_connection_(spec_.only_new ? newest_connection : 0) {}

bool Fault::is_for(std::uint64_t connection, const net::Endpoint& peer) const noexcept {
  constexpr double kAll = 4294967296.0;  // one more than `spread` can be
  return connection > after_connection_ && spread(connection) < spec_.share * kAll &&
         (spec_.clients.empty() ||
          std::ranges::any_of(spec_.clients, [&peer](const net::Network& network) { return network.contains(peer); }));
}

bool Fault::count() noexcept {
  std::uint64_t counted = injected_.load(std::memory_order_relaxed);
  do {
    if ((counted & kEnded) != 0) {
      return false;
    }
  } while (!injected_.compare_exchange_weak(counted, counted + 1, std::memory_order_relaxed));
  return true;
}

}  // namespace threadecho::echo
