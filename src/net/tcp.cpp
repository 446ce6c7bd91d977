#include "net/tcp.h"

#include <linux/sockios.h>
#include <linux/tcp.h>  // its tcp_info has more than that of <netinet/tcp.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <algorithm>
#include <cerrno>

namespace threadecho::net {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

/// TCP_CLOSE of <netinet/tcp.h>, which cannot be included beside <linux/tcp.h>.
constexpr std::uint8_t kTcpClose = 7;
/// Linux delays an acknowledgement by 40 ms, 200 ms at worst. An assumption above the real delay prolongs WRITE_TIMEOUT
/// by the difference.
constexpr milliseconds kMostAcknowledgementDelay{80};

template <typename Value>
std::error_code set(int fd, int level, int name, const Value& value) noexcept {
  if (::setsockopt(fd, level, name, &value, sizeof value) != 0) {
    return {errno, std::generic_category()};
  }
  return {};
}

timeval to_timeval(milliseconds duration) {
  return {.tv_sec = static_cast<time_t>(duration.count() / 1000),
          .tv_usec = static_cast<suseconds_t>(duration.count() % 1000 * 1000)};
}

std::optional<tcp_info> info_of(int fd) noexcept {
  tcp_info info{};
  socklen_t length = sizeof info;
  return ::getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length) == 0 ? std::optional(info) : std::nullopt;
}

}  // namespace

std::error_code set_receive_timeout(int fd, milliseconds timeout) noexcept {
  return set(fd, SOL_SOCKET, SO_RCVTIMEO, to_timeval(timeout));
}

std::error_code set_send_timeout(int fd, milliseconds timeout) noexcept {
  return set(fd, SOL_SOCKET, SO_SNDTIMEO, to_timeval(timeout));
}

milliseconds timeout_over_after(milliseconds duration) noexcept { return duration - duration / 8; }

std::error_code set_option(int fd, int level, int name, int value) noexcept { return set(fd, level, name, value); }

std::size_t unacknowledged_bytes(int fd) noexcept {
  int bytes = 0;
  return ::ioctl(fd, SIOCOUTQ, &bytes) == 0 && bytes > 0 ? static_cast<std::size_t>(bytes) : 0;
}

std::optional<TcpInfo> read_tcp_info(int fd) noexcept {
  const auto info = info_of(fd);
  if (!info) {
    return std::nullopt;
  }
  return TcpInfo{.round_trip = microseconds(info->tcpi_rtt), .retransmitted_segments = info->tcpi_total_retrans};
}

milliseconds time_since_progress(int fd) noexcept {
  const auto info = info_of(fd);
  if (!info) {
    return milliseconds(0);
  }
  const milliseconds since_acknowledgement(info->tcpi_last_ack_recv);
  int unsent = 0;
  if (::ioctl(fd, SIOCOUTQNSD, &unsent) != 0 || unsent == 0) {
    return since_acknowledgement;
  }
  // The peer also acknowledges the probes of its closed window, so the last acknowledgement need not be progress. But
  // when an acknowledgement opens the window, the kernel sends at once. So the peer made its last progress at most one
  // round trip after the kernel last sent, or tens of milliseconds later if the peer delays acknowledgements.
  const microseconds round_trip = std::min(microseconds(info->tcpi_rtt) + 4 * microseconds(info->tcpi_rttvar),
                                           microseconds(info->tcpi_min_rtt) + kMostAcknowledgementDelay);
  return std::max(since_acknowledgement,
                  milliseconds(info->tcpi_last_data_sent) - std::chrono::ceil<milliseconds>(round_trip));
}

bool is_closed(int fd) noexcept {
  const auto info = info_of(fd);
  return !info || info->tcpi_state == kTcpClose;
}

int take_error(int fd) noexcept {
  int error = 0;
  socklen_t length = sizeof error;
  return ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) == 0 ? error : errno;
}

void reset_on_close(int fd) noexcept { set(fd, SOL_SOCKET, SO_LINGER, linger{.l_onoff = 1, .l_linger = 0}); }

Discarded discard_received(int fd, std::span<std::byte> scratch) noexcept {
  using Found = Discarded::Found;
  // MSG_TRUNC: the kernel drops the bytes instead of copying them, tcp(7).
  const ssize_t size = ::recv(fd, scratch.data(), scratch.size(), MSG_DONTWAIT | MSG_TRUNC);
  if (size > 0) {
    return {.found = Found::kSome, .bytes = static_cast<std::size_t>(size)};
  }
  if (size == 0) {
    return {.found = Found::kEnd};
  }
  return {.found = errno == EAGAIN || errno == EINTR ? Found::kNothingYet : Found::kError};
}

}  // namespace threadecho::net
