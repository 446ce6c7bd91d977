#include "echo/proxy_gate.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <new>
#include <span>
#include <system_error>
#include <utility>
#include <variant>

#include "config/settings.h"
#include "echo/log_lines.h"

namespace threadecho::echo {
namespace {

/// After this many, the acceptor looks at its listeners again.
constexpr int kClientsAtOnce = 128;
constexpr std::uint32_t kPeerHasClosed = EPOLLRDHUP | EPOLLHUP | EPOLLERR;

ProxyHeaderResult result_of(net::ProxyHeader::Kind kind) {
  switch (kind) {
    case net::ProxyHeader::Kind::kV1:
      return ProxyHeaderResult::kV1;
    case net::ProxyHeader::Kind::kV2:
      return ProxyHeaderResult::kV2;
    case net::ProxyHeader::Kind::kLocal:
      return ProxyHeaderResult::kLocal;
    case net::ProxyHeader::Kind::kUnknown:
      break;
  }
  return ProxyHeaderResult::kUnknown;
}

}  // namespace

ProxyGate::ProxyGate(const config::Settings& settings, ConnectionQuota& quota, log::Logger& log)
    : trusted_(settings.proxy_trusted), quota_(quota), log_(log) {
  if (settings.proxy_port) {
    epoll_ = net::Fd(::epoll_create1(EPOLL_CLOEXEC));
    if (!epoll_) {
      throw std::system_error(errno, std::generic_category(), "epoll_create1 for the clients of PROXY_PORT");
    }
  }
}

ProxyGate::~ProxyGate() { log_headers_refused_before(log_, lines_); }

bool ProxyGate::is_trusted(const net::Endpoint& peer) const {
  return trusted_.empty() || std::ranges::any_of(trusted_, [&](const auto& network) { return network.contains(peer); });
}

std::optional<Refused> ProxyGate::add(net::Fd client, const net::Endpoint& peer, RefusedClients& leaving) {
  const auto now = Clock::now();
  if (!is_trusted(peer)) {
    count(ProxyHeaderResult::kUntrusted, peer, "no network of PROXY_TRUSTED contains the peer");
    leaving.add(std::move(client), now);
    return std::nullopt;
  }
  auto taken = quota_.take_for_unknown();
  if (const auto* const reason = std::get_if<RejectReason>(&taken)) {
    return Refused{std::move(client), *reason};
  }
  clients_.push_back({.socket = std::move(client),
                      .peer = peer,
                      .place = std::get<ConnectionQuota::Place>(std::move(taken)),
                      .deadline = now + kHeaderTime});
  Client& added = clients_.back();
  added.self = std::prev(clients_.end());
  // Edge-triggered: the beginning of a header stays in the socket until the rest has arrived. The first event comes at
  // once if there is something to read.
  epoll_event event{.events = EPOLLIN | EPOLLRDHUP | EPOLLET, .data = {.ptr = &added}};
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, added.socket.get(), &event) != 0) {
    const std::error_code error(errno, std::generic_category());
    return Refused{take_out(added), RejectReason::kThreadLimit, error};
  }
  return std::nullopt;
}

Clock::time_point ProxyGate::next_deadline() const {
  return clients_.empty() ? Clock::time_point::max() : clients_.front().deadline;
}

void ProxyGate::tend(Clock::time_point now, RefusedClients& leaving, const LetIn& let_in) {
  if (clients_.empty()) {
    return;
  }
  std::array<epoll_event, kClientsAtOnce> events;  // NOLINT(*-member-init): the kernel fills what is used
  const int count = ::epoll_wait(epoll_.get(), events.data(), kClientsAtOnce, 0);
  bool has_no_memory = false;
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    try {
      look_at(*static_cast<Client*>(event.data.ptr), (event.events & kPeerHasClosed) != 0, leaving, let_in);
    } catch (const std::bad_alloc&) {
      has_no_memory = true;  // the others must have their turn now: their events do not come again
    }
  }
  while (!clients_.empty() && clients_.front().deadline <= now) {
    let_go(clients_.front(), ProxyHeaderResult::kTimeout, "no complete header within 3 s", leaving);
  }
  if (has_no_memory) {
    throw std::bad_alloc();
  }
}

void ProxyGate::look_at(Client& client, bool peer_has_closed, RefusedClients& leaving, const LetIn& let_in) {
  ssize_t size = -1;
  do {
    size = ::recv(client.socket.get(), buffer_.data(), buffer_.size(), MSG_PEEK | MSG_DONTWAIT);
  } while (size < 0 && errno == EINTR);  // no second event comes for what has arrived
  if (size < 0 && errno == EAGAIN) {
    return;
  }
  if (size <= 0) {
    let_go(client, ProxyHeaderResult::kClosed, {}, leaving);
    return;
  }
  const auto parsed = net::parse_proxy_header(std::span(buffer_).first(static_cast<std::size_t>(size)));
  if (const auto* const header = std::get_if<net::ProxyHeader>(&parsed)) {
    header_is_complete(client, *header, let_in);
  } else if (const auto* const malformed = std::get_if<net::MalformedProxyHeader>(&parsed)) {
    let_go(client, ProxyHeaderResult::kMalformed, malformed->reason, leaving);
  } else if (peer_has_closed) {
    let_go(client, ProxyHeaderResult::kMalformed, "the peer closed before its end", leaving);
  }
}

void ProxyGate::header_is_complete(Client& client, const net::ProxyHeader& header, const LetIn& let_in) {
  // All of it is there, and nothing else reads from the socket.
  ::recv(client.socket.get(), buffer_.data(), header.size, MSG_DONTWAIT);
  count(result_of(header.kind), client.peer, {});
  const bool names_client = header.source.is_known();
  Arrival arrival{.socket = {},
                  .peer = names_client ? header.source : client.peer,
                  .via = names_client ? client.peer : net::Endpoint(),
                  .place = std::move(client.place)};
  arrival.socket = take_out(client);
  let_in(std::move(arrival));
}

void ProxyGate::let_go(Client& client, ProxyHeaderResult result, std::string_view why, RefusedClients& leaving) {
  count(result, client.peer, why);
  leaving.add(take_out(client), Clock::now());
}

net::Fd ProxyGate::take_out(Client& client) {
  net::Fd socket = std::move(client.socket);
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, socket.get(), nullptr);
  clients_.erase(client.self);
  return socket;
}

void ProxyGate::close(RefusedClients& leaving) {
  while (!clients_.empty()) {
    let_go(clients_.front(), ProxyHeaderResult::kTimeout, "the server stopped before its end", leaving);
  }
}

void ProxyGate::count(ProxyHeaderResult result, const net::Endpoint& peer, std::string_view why) {
  results_[index_of(result)].add(1);
  if (!why.empty()) {
    log_header_refused(log_, lines_, peer, result, why);
  }
}

void ProxyGate::add_to(Totals& totals) const {
  for (std::size_t i = 0; i < results_.size(); ++i) {
    totals.proxy_headers[i] += results_[i].value();
  }
}

}  // namespace threadecho::echo
