#include "http/server.h"

#include <netinet/tcp.h>
#include <pthread.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/error.hpp>
#include <exception>
#include <thread>
#include <utility>

#include "http/session.h"
#include "log/rate_limit.h"
#include "net/endpoint.h"

namespace threadecho::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::beast::error_code;

tcp protocol_of(const net::Fd& listener) {
  return net::Endpoint::local_of(listener.get()).family() == AF_INET6 ? tcp::v6() : tcp::v4();
}

}  // namespace

class Server::Implementation {
 public:
  Implementation(net::Fd listener, Routes routes, Limits limits, log::Logger& logger)
      : routes_(std::move(routes)), limits_(limits), logger_(logger), acceptor_(io_), pause_(io_) {
    acceptor_.assign(protocol_of(listener), listener.get());
    static_cast<void>(listener.release());  // the acceptor's from here on
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
    thread_ = std::thread([this] { run(); });
  }

 private:
  void run() {
    ::pthread_setname_np(::pthread_self(), "http");
    while (!io_.stopped()) {
      try {
        if (!accepting_) {
          accept();
        }
        io_.run();
      } catch (const std::exception& error) {
        // Out of memory, in all likelihood: it ended one connection, whose handler has gone with it.
        logger_.error("HTTP failed", {{"error", error.what()}});
        if (!accepting_) {
          std::this_thread::sleep_for(limits_.accept_pause);  // then the loop accepts again
        }
      }
    }
  }

  void accept() {
    acceptor_.async_accept([this](error_code error, tcp::socket socket) { on_accepted(error, std::move(socket)); });
    accepting_ = true;
  }

  void on_accepted(error_code error, tcp::socket socket) {
    accepting_ = false;
    if (error) {
      return wait_out(error);
    }
    try {
      admit(std::move(socket));
    } catch (const std::exception& failure) {
      logger_.error("HTTP connection failed", {{"error", failure.what()}});
    }
    accept();
  }

  void admit(tcp::socket socket) {
    while (sessions_.size() >= limits_.max_connections && !sessions_.empty()) {
      sessions_.front()->evict();
    }
    error_code ignored;  // the client may have gone already, which its first read tells
    socket.set_option(tcp::no_delay(true), ignored);
    // For what is unsent when a connection is closed: the kernel would keep it for minutes for a client that is deaf.
    const auto user_timeout = static_cast<int>(limits_.write.count());
    ::setsockopt(socket.native_handle(), IPPROTO_TCP, TCP_USER_TIMEOUT, &user_timeout, sizeof user_timeout);
    std::make_shared<Session>(std::move(socket), routes_, limits_, sessions_)->start();
  }

  /// No descriptor, no memory: the client stays in the backlog, so accept() would fail again at once, without end.
  void wait_out(error_code error) {
    if (error == asio::error::operation_aborted) {
      return;
    }
    if (const auto suppressed = accept_warnings_.admit()) {
      logger_.warn("cannot accept an HTTP client", {{"error", error.message()}, {"suppressed", *suppressed}});
    }
    pause_.expires_after(limits_.accept_pause);
    pause_.async_wait([this](error_code aborted) {
      if (!aborted) {
        accepting_ = false;
        accept();
      }
    });
    accepting_ = true;
  }

  Routes routes_;
  Limits limits_;
  log::Logger& logger_;
  log::RateLimit accept_warnings_;
  Session::List sessions_;  // before io_, whose end destroys the sessions, which then leave this list
  asio::io_context io_{1};  // one thread runs it
  tcp::acceptor acceptor_;
  asio::steady_timer pause_;
  bool accepting_ = false;  ///< an accept, or the pause before one, is under way; only for the thread
  std::thread thread_;
};

Server::Server(net::Fd listener, Routes routes, Limits limits, log::Logger& logger)
    : implementation_(std::make_unique<Implementation>(std::move(listener), std::move(routes), limits, logger)) {}

Server::~Server() = default;

void Server::start() { implementation_->start(); }

void Server::stop() { implementation_.reset(); }

}  // namespace threadecho::http
