#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace threadecho::echo {

/// Why a connection ended. Label values of threadecho_connections_closed_total, in the order of kCloseReasonNames.
enum class CloseReason : std::uint8_t {
  kClientClosed,  ///< the client closed its sending side, and has acknowledged its whole echo
  kClientReset,
  kPeerTimeout,  ///< ETIMEDOUT, EHOSTUNREACH, ENETUNREACH: the client cannot be reached any more
  kIdleTimeout,
  kWriteTimeout,
  kMaxAge,
  kDrained,      ///< the client closed after the drain began
  kDrainForced,  ///< still open when the drain's time was over
  kFault,        ///< on demand, see FaultKind
  kError,
};
inline constexpr std::array<std::string_view, 10> kCloseReasonNames = {
    "client_closed", "client_reset", "peer_timeout", "idle_timeout", "write_timeout",
    "max_age",       "drained",      "drain_forced", "fault",        "error"};

/// Why a client was turned away. Label values of threadecho_connections_rejected_total.
enum class RejectReason : std::uint8_t { kMaxConnections, kMaxPerClient, kThreadLimit, kFault };
inline constexpr std::array<std::string_view, 4> kRejectReasonNames = {"max_connections", "max_per_client",
                                                                       "thread_limit", "fault"};

/// What a connection to PROXY_PORT began with. Label values of threadecho_proxy_headers_total.
enum class ProxyHeaderResult : std::uint8_t {
  kV1,
  kV2,
  kLocal,      ///< version 2: a connection of the balancer itself, such as a health check
  kUnknown,    ///< valid, but it does not name a client of TCP over IPv4 or IPv6
  kMalformed,  ///< not a header, or not all of one
  kTimeout,
  kClosed,     ///< nothing: the peer closed, as a health check does that only connects
  kUntrusted,  ///< not read: the peer is in no network of PROXY_TRUSTED
};
inline constexpr std::array<std::string_view, 8> kProxyHeaderResultNames = {
    "v1", "v2", "local", "unknown", "malformed", "timeout", "closed", "untrusted"};

/// What accept(2) failed with. Label values of threadecho_accept_errors_total.
enum class AcceptError : std::uint8_t { kEmfile, kEnfile, kEnobufs, kEnomem, kEconnaborted, kEproto, kEperm, kOther };
inline constexpr std::array<std::string_view, 8> kAcceptErrorNames = {"EMFILE",       "ENFILE", "ENOBUFS", "ENOMEM",
                                                                      "ECONNABORTED", "EPROTO", "EPERM",   "other"};

/// The place of an enumerator in its array of names, and of its counter in an array of counters.
template <typename Enum>
constexpr std::size_t index_of(Enum value) {
  return static_cast<std::size_t>(value);
}

constexpr std::string_view name_of(CloseReason reason) { return kCloseReasonNames[index_of(reason)]; }
constexpr std::string_view name_of(ProxyHeaderResult result) { return kProxyHeaderResultNames[index_of(result)]; }
constexpr std::string_view name_of(RejectReason reason) { return kRejectReasonNames[index_of(reason)]; }

/// `error_number` is an errno value.
AcceptError accept_error_of(int error_number);

/// Why a connection ends on which recv or send failed with `error_number`.
CloseReason close_reason_of(int error_number);

}  // namespace threadecho::echo
