#include "net/arrival.h"

#include <linux/errqueue.h>
#include <linux/net_tstamp.h>
#include <sys/socket.h>

#include <array>
#include <cstring>

#include "net/tcp.h"

namespace threadecho::net {
namespace {

using std::chrono::nanoseconds;

using Steady = std::chrono::steady_clock;

/// The kernel stamps arrivals with its wall clock. Reads both clocks again if the thread was preempted between the
/// reads.
Steady::time_point steady_time_of(nanoseconds wall_time) {
  constexpr nanoseconds kTogether{1000};
  constexpr int kTries = 8;
  Steady::time_point now;
  nanoseconds since{};
  for (int i = 0; i < kTries; ++i) {
    const auto before = Steady::now();
    since = std::chrono::system_clock::now().time_since_epoch() - wall_time;
    now = Steady::now();
    if (now - before <= kTogether) {
      break;
    }
  }
  return now - since;
}

}  // namespace

bool stamp_arrivals(int fd) noexcept {
  return !set_option(fd, SOL_SOCKET, SO_TIMESTAMPING, SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE);
}

Arrival receive_stamped(int fd, std::span<std::byte> buffer) noexcept {
  alignas(cmsghdr) std::array<std::byte, CMSG_SPACE(sizeof(scm_timestamping))> control;
  iovec part{.iov_base = buffer.data(), .iov_len = buffer.size()};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  Arrival arrival{.got = ::recvmsg(fd, &message, 0), .at = {}};
  if (arrival.got <= 0) {
    return arrival;
  }
  for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr; header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_TIMESTAMPING) {
      scm_timestamping stamps{};
      std::memcpy(&stamps, CMSG_DATA(header), sizeof stamps);
      arrival.at = steady_time_of(std::chrono::seconds(stamps.ts[0].tv_sec) + nanoseconds(stamps.ts[0].tv_nsec));
    }
  }
  return arrival;
}

}  // namespace threadecho::net
