#include "http/server.h"

#include <netinet/tcp.h>
#include <pthread.h>

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/error.hpp>
#include <exception>
#include <list>
#include <string_view>
#include <thread>
#include <utility>

#include "host/start_thread.h"
#include "http/session.h"
#include "http/turns.h"
#include "log/rate_limit.h"
#include "net/endpoint.h"

namespace threadecho::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::beast::error_code;
using Clock = Turns::Clock;

tcp protocol_of(const net::Fd& listener) {
  return net::Endpoint::local_of(listener.get()).family() == AF_INET6 ? tcp::v6() : tcp::v4();
}

/// Sets a flag while it lives. Asio destroys the handler of an accept without calling it if there is no memory for the
/// socket that it accepted.
class InFlight {
 public:
  explicit InFlight(bool& flag) noexcept : flag_(&flag) { flag = true; }
  InFlight(InFlight&& other) noexcept : flag_(std::exchange(other.flag_, nullptr)) {}
  InFlight(const InFlight&) = delete;
  InFlight& operator=(const InFlight&) = delete;
  InFlight& operator=(InFlight&&) = delete;
  ~InFlight() {
    if (flag_ != nullptr) {
      *flag_ = false;
    }
  }

 private:
  bool* flag_;
};

}  // namespace

class Server::Implementation {
 public:
  Implementation(net::Listeners listeners, Service service, log::Logger& logger)
      : service_(std::move(service)), logger_(logger), work_(io_.get_executor()), turns_(service_.limits.turn_pause) {
    for (net::Fd& listener : listeners.sockets) {
      tcp::acceptor& acceptor = acceptors_.emplace_back(io_);
      acceptor.assign(protocol_of(listener), listener.get());
      static_cast<void>(listener.release());  // the acceptor owns it from here on
      doors_.push_back({.acceptor = &acceptor});
    }
  }

  Implementation(const Implementation&) = delete;
  Implementation& operator=(const Implementation&) = delete;

  ~Implementation() {
    io_.stop();
    if (thread_.joinable()) {
      thread_.join();
    }
  }

  void start() {
    thread_ = host::start_thread("cannot start the thread of the HTTP server", [this] { run(); });
  }

  host::Heartbeat& heartbeat() noexcept { return heartbeat_; }

 private:
  /// A listener, and whether an accept is under way there.
  struct Door {
    tcp::acceptor* acceptor;
    bool accepting = false;
    Clock::time_point accept_again_at = Clock::time_point::min();  ///< if not accepting
  };

  void run() {
    ::pthread_setname_np(::pthread_self(), "http");
    while (!io_.stopped()) {
      try {
        run_one();
      } catch (const std::exception& error) {
        failed(error.what());
      } catch (...) {
        failed("unknown");
      }
    }
  }

  /// Waits for one event and handles it. Starts accepts here and not in their handler, so that the server accepts again
  /// after any failure. It needs no timer for that: without memory a timer cannot be set, and accepting would end for
  /// good.
  void run_one() {
    const auto now = Clock::now();
    heartbeat_.beat(now);
    auto until = std::min(turns_.due(), heartbeat_.next(now));
    for (Door& door : doors_) {
      if (!door.accepting && door.accept_again_at <= now) {
        accept(door);
      }
      until = std::min(until, door.accepting ? Clock::time_point::max() : door.accept_again_at);
    }
    if (turns_.due() <= now) {
      turns_.run();
      return;
    }
    if (until == Clock::time_point::max()) {
      io_.run_one();
    } else {
      io_.run_one_until(until);
    }
  }

  /// Most likely out of memory. The exception destroyed the handler, and so ended its connection.
  void failed(std::string_view what) {
    if (const auto suppressed = failure_lines_.admit()) {
      logger_.error("HTTP failed", {{"error", what}, {"suppressed", *suppressed}});
    }
    for (Door& door : doors_) {
      if (!door.accepting) {
        pause_accepting(door);
      }
    }
  }

  void accept(Door& door) {
    door.acceptor->async_accept(
        [this, &door, in_flight = InFlight(door.accepting)](error_code error, tcp::socket socket) {
          if (!error) {
            admit(std::move(socket));
          } else if (error != asio::error::operation_aborted) {
            if (const auto suppressed = accept_lines_.admit()) {
              logger_.warn("cannot accept an HTTP client", {{"error", error.message()}, {"suppressed", *suppressed}});
            }
            pause_accepting(door);
          }
        });
  }

  /// No descriptor, no memory: the client stays in the backlog, so accept() would fail again at once, without end.
  void pause_accepting(Door& door) { door.accept_again_at = Clock::now() + service_.limits.accept_pause; }

  void admit(tcp::socket socket) {
    while (sessions_.size() >= service_.limits.max_connections && !sessions_.empty()) {
      make_room();
    }
    error_code ignored;  // if the client has gone already, its first read fails
    socket.set_option(tcp::no_delay(true), ignored);
    // When a connection closes, the kernel keeps unsent bytes for minutes if the client does not read.
    const auto user_timeout = static_cast<int>(service_.limits.write.count());
    ::setsockopt(socket.native_handle(), IPPROTO_TCP, TCP_USER_TIMEOUT, &user_timeout, sizeof user_timeout);
    std::make_shared<Session>(std::move(socket), service_, turns_, sessions_)->start();
  }

  /// Ends the session that has gone longest without a request, but not one that waits for its answer. If all of them
  /// wait, the next answer comes now.
  void make_room() {
    const auto idle = std::ranges::find_if(sessions_, [](const Session* session) { return !session->is_waiting(); });
    if (idle != sessions_.end()) {
      (*idle)->evict();
    } else {
      turns_.run();
    }
  }

  const Service service_;
  log::Logger& logger_;
  log::RateLimit accept_lines_;
  log::RateLimit failure_lines_;
  host::Heartbeat heartbeat_;
  // Only for the thread. The destructors of io_ and turns_ destroy the sessions, which then leave this list, and the
  // accepts.
  Session::List sessions_;
  std::list<Door> doors_;
  asio::io_context io_{1};  // one thread runs it
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  std::list<tcp::acceptor> acceptors_;
  Turns turns_;  // after io_, to which the sockets of the sessions in it belong
  std::thread thread_;
};

Server::Server(net::Listeners listeners, Service service, log::Logger& logger)
    : implementation_(std::make_unique<Implementation>(std::move(listeners), std::move(service), logger)) {}

Server::~Server() = default;

void Server::start() { implementation_->start(); }

host::Heartbeat& Server::heartbeat() noexcept { return implementation_->heartbeat(); }

void Server::stop() { implementation_.reset(); }

}  // namespace threadecho::http
