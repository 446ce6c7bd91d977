#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <optional>
#include <string_view>
#include <vector>

#include "echo/connection.h"
#include "echo/connection_quota.h"
#include "echo/reasons.h"
#include "echo/refused_clients.h"
#include "echo/totals.h"
#include "log/logger.h"
#include "log/rate_limit.h"
#include "net/endpoint.h"
#include "net/fd.h"
#include "net/network.h"
#include "net/proxy_header.h"

namespace threadecho::config {
struct Settings;
}

namespace threadecho::echo {

/// Keeps the clients of PROXY_PORT until their header is complete, then lets them in under the address that it names.
/// So the thread models never see a header, and a client that sends none costs no echo thread anything.
///
/// A peer that is not trusted, sends something else, or takes longer than kHeaderTime leaves through RefusedClients.
/// Each connection that is not refused at a limit counts once in threadecho_proxy_headers_total, and holds a place of
/// the quota from the start. Owned by the server; for the acceptor's thread, except `add_to`. Never blocks.
class ProxyGate {
 public:
  static constexpr std::chrono::seconds kHeaderTime{3};

  /// A client whose header is complete; what follows the header is still in the socket.
  struct Arrival {
    net::Fd socket;
    net::Endpoint peer;
    net::Endpoint via;  ///< of family AF_UNSPEC when the peer has connected itself
    ConnectionQuota::Place place;
  };
  using LetIn = std::function<void(Arrival arrival)>;

  /// Opens an epoll set if PROXY_PORT is set. Throws std::system_error without a descriptor.
  ProxyGate(const config::Settings& settings, ConnectionQuota& quota, log::Logger& log);
  ~ProxyGate();
  ProxyGate(const ProxyGate&) = delete;
  ProxyGate& operator=(const ProxyGate&) = delete;

  /// Keeps the client, or lets it go to `leaving`; returns it if it is to be refused at a limit.
  std::optional<Refused> add(net::Fd client, const net::Endpoint& peer, RefusedClients& leaving);
  /// Readable when `tend` has something to do; -1 without PROXY_PORT.
  [[nodiscard]] int fd() const noexcept { return epoll_.get(); }
  /// When `tend` is due without that; Clock::time_point::max() without a client.
  [[nodiscard]] Clock::time_point next_deadline() const;
  /// Lets in the clients whose header is complete, and lets those go to `leaving` that sent something else or are too
  /// late. Throws std::bad_alloc when all of that is done; only clients for which there was no memory are lost.
  void tend(Clock::time_point now, RefusedClients& leaving, const LetIn& let_in);
  /// Lets all go to `leaving`, as if their time were over.
  void close(RefusedClients& leaving);
  [[nodiscard]] bool empty() const noexcept { return clients_.empty(); }

  void add_to(Totals& totals) const;

 private:
  struct Client {
    net::Fd socket;
    net::Endpoint peer;
    ConnectionQuota::Place place;
    Clock::time_point deadline;
    std::list<Client>::iterator self = {};
  };

  [[nodiscard]] bool is_trusted(const net::Endpoint& peer) const;
  void look_at(Client& client, bool peer_has_closed, RefusedClients& leaving, const LetIn& let_in);
  void header_is_complete(Client& client, const net::ProxyHeader& header, const LetIn& let_in);
  void let_go(Client& client, ProxyHeaderResult result, std::string_view why, RefusedClients& leaving);
  net::Fd take_out(Client& client);
  void count(ProxyHeaderResult result, const net::Endpoint& peer, std::string_view why);

  const std::vector<net::Network>& trusted_;
  ConnectionQuota& quota_;
  log::Logger& log_;
  net::Fd epoll_;
  std::list<Client> clients_;  ///< the first to come are the first whose time is over
  std::array<std::byte, net::kMaxProxyHeaderBytes> buffer_;
  log::RateLimit lines_;
  std::array<SingleWriterCounter, kProxyHeaderResultNames.size()> results_;  ///< written by the acceptor's thread
};

}  // namespace threadecho::echo
