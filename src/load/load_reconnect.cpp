#include "load/load_reconnect.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <utility>

#include "text/durations.h"

namespace threadecho::load {
namespace {

constexpr Nanoseconds kFirstDelay = 10 * kMillisecond;
constexpr Nanoseconds kLongestDelay = 500 * kMillisecond;
constexpr std::chrono::milliseconds kFreshNames{1000};
constexpr std::chrono::milliseconds kFreshFailure{100};

}  // namespace

Nanoseconds LoadReconnect::schedule(Nanoseconds now) {
  delay_ = std::clamp(2 * delay_, kFirstDelay, kLongestDelay);
  due_at_ = now + delay_;
  return due_at_;
}

std::optional<std::vector<net::Endpoint>> LoadReconnect::addresses(LoadState& state, Nanoseconds now) {
  if (state.names != nullptr) {
    std::optional<client::Resolution> found = look_up(state, now);
    if (!found) {
      return std::nullopt;
    }
    if (!found->endpoints.empty()) {
      state.known = std::move(found->endpoints);
    } else if (state.control.is_to_tell(found->number)) {
      state.incidents.look_up_failed(client::name_failure(state.context.options.target, found->reason));
    }
  }
  due_at_ = 0;
  return state.known.empty() ? std::vector{state.target} : client::in_connecting_order(state.known, &state.target);
}

/// A look-up of the last second, if there is one: thousands of connections that are lost together share one look-up.
/// Nothing while the client must wait for the answer.
std::optional<client::Resolution> LoadReconnect::look_up(const LoadState& state, Nanoseconds now) {
  client::NameLookup& names = *state.names;
  const std::uint64_t next_answer = names.answers() + 1;
  // A slow answer to what this client asked counts too.
  const auto is_fresh = [&](std::chrono::nanoseconds age) {
    const Nanoseconds since = asked_at_ == 0 ? now - age.count() : std::min(now - age.count(), asked_at_);
    return names.has_answer(client::NameLookup::Clock::time_point(std::chrono::nanoseconds(since)));
  };
  if (is_fresh(kFreshNames)) {
    client::Resolution found = names.answer();
    if (!found.endpoints.empty() || is_fresh(kFreshFailure)) {
      asked_at_ = 0;
      return found;
    }
  }
  names.ask();
  asked_at_ = asked_at_ == 0 ? now : asked_at_;
  const auto patience = client::patience_with_known_addresses(state.context.options.timeout);
  if (now - asked_at_ < std::chrono::nanoseconds(patience).count()) {
    return std::nullopt;
  }
  return client::Resolution{
      .endpoints = {}, .reason = "no answer within " + text::format_duration(patience), .number = next_answer};
}

}  // namespace threadecho::load
