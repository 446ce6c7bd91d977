#include "echo/totals.h"

#include <algorithm>
#include <functional>

namespace threadecho::echo {
namespace {

template <std::size_t N>
void add_to_each(std::array<std::uint64_t, N>& sums, const std::array<std::uint64_t, N>& values) {
  std::ranges::transform(sums, values, sums.begin(), std::plus{});
}

}  // namespace

void Totals::add(const Totals& other) {
  received_bytes += other.received_bytes;
  echoed_bytes += other.echoed_bytes;
  receives += other.receives;
  active += other.active;
  served += other.served;
  waiting += other.waiting;
  active_threads += other.active_threads;
  accepted += other.accepted;
  add_to_each(closed, other.closed);
  add_to_each(rejected, other.rejected);
  add_to_each(accept_errors, other.accept_errors);
  add_to_each(proxy_headers, other.proxy_headers);
  retransmitted_segments += other.retransmitted_segments;
  echo_duration.add(other.echo_duration);
  thread_start.add(other.thread_start);
  connection_duration.add(other.connection_duration);
  round_trip.add(other.round_trip);
}

}  // namespace threadecho::echo
