#include <spdlog/logger.h>
#include <spdlog/sinks/null_sink.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "admin/routes.h"
#include "config/settings.h"
#include "echo/server.h"
#include "http/request_target.h"
#include "http/session.h"
#include "net/fd.h"
#include "oracle.h"
#include "responses.h"

/// A client's bytes through the server's own session, parser, limits and routes, over a real socket: what comes back is
/// a sequence of whole, well-formed answers, the same however the bytes were cut, and nothing is left behind.
/// The first byte says how they are cut.

namespace {

using namespace threadecho;
using boost::asio::ip::tcp;
using fuzz::demand;

/// What the server answers while it is ready, or while it drains. It accepts no client: only its routes are asked.
class Answers {
 public:
  explicit Answers(bool ready) : server_(settings_, echo::EffectiveLimit(), log_) {
    if (!ready) {
      server_.begin_drain();
    }
  }
  [[nodiscard]] const http::Service& service() const noexcept { return service_; }

 private:
  static config::Settings any_port() {
    config::Settings settings;
    settings.port = 0;
    return settings;
  }

  const config::Settings settings_ = any_port();
  log::Logger log_{std::make_shared<spdlog::logger>("none", std::make_shared<spdlog::sinks::null_sink_mt>()),
                   log::LogFormat::kText};
  echo::Server server_;
  const admin::Routes routes_{server_,
                              {{"PORT", "9000", config::Source::kDefault}},
                              {},
                              [] { return std::string("threadecho_ready 1\n"); },
                              log_};
  /// Without /status, where the time goes on from one answer to the next.
  http::Response respond(const http::Request& request) const {
    return http::path_of(request.target) == "/status" ? http::Response{} : routes_.respond(request);
  }

  const http::Service service_{
      .handler = {.respond = [this](const http::Request& request) { return respond(request); },
                  .is_costly = [this](const http::Request& request) { return routes_.is_costly(request); }}};
};

const http::Service& answers_of(bool ready) {
  static const Answers while_ready(true);
  static const Answers while_draining(false);
  return (ready ? while_ready : while_draining).service();
}

/// How many bytes a client sends at once, again and again.
class Cuts {
 public:
  explicit Cuts(std::uint8_t seed) : state_(seed) {}
  static Cuts none() { return Cuts(0); }

  std::size_t next() {
    if (state_ == 0) {
      return kAll;
    }
    state_ = state_ * 1'103'515'245U + 12'345U;
    return 1 + ((state_ >> 16U) & ((1U << (state_ >> 28U)) - 1U));  // 1 to 32768, small ones as often as large ones
  }

 private:
  static constexpr std::size_t kAll = std::size_t{1} << 20U;
  std::uint32_t state_;
};

/// One client and the session that serves it, in turns on this one thread.
class Exchange {
 public:
  explicit Exchange(const http::Service& service) {
    std::array<int, 2> ends{};
    demand(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()) == 0, "there are sockets");
    client_ = net::Fd(ends[0]);
    std::make_shared<http::Session>(tcp::socket(io_, tcp::v4(), ends[1]), service, turns_, sessions_)->start();
  }

  /// Sends it all, closes the client's side, and returns what came back until the session closed its own.
  std::string run(std::string_view bytes, Cuts cuts) {
    while (!bytes.empty()) {
      bytes.remove_prefix(send(bytes.substr(0, cuts.next())));
      turn();
    }
    ::shutdown(client_.get(), SHUT_WR);
    while (!at_end_) {
      turn();
    }
    turn();
    demand(sessions_.empty() && io_.stopped(), "a session ends with its connection, and nothing of it is pending");
    return std::move(received_);
  }

 private:
  std::size_t send(std::string_view bytes) {
    const ssize_t sent = ::send(client_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    demand(sent >= 0 || errno == EAGAIN, "a session reads what it is sent before it closes");
    return static_cast<std::size_t>(std::max<ssize_t>(sent, 0));
  }

  /// The session does what it can, and the client reads what has come of it.
  void turn() {
    std::size_t progress = io_.poll();
    for (; turns_.due() <= http::Turns::Clock::now(); ++progress) {
      io_.restart();  // it stopped while nothing but the turn was pending
      turns_.run();
    }
    std::array<char, 65536> buffer;
    ssize_t got = ::recv(client_.get(), buffer.data(), buffer.size(), 0);
    for (; got > 0; got = ::recv(client_.get(), buffer.data(), buffer.size(), 0)) {
      received_.append(buffer.data(), static_cast<std::size_t>(got));
      ++progress;
    }
    demand(got == 0 || errno == EAGAIN, "a session does not reset a client that has not gone");
    at_end_ = got == 0;
    idle_turns_ = progress > 0 ? 0 : idle_turns_ + 1;
    demand(idle_turns_ < kMostIdleTurns, "a session goes on while its client does");
  }

  static constexpr int kMostIdleTurns = 10'000;

  http::Session::List sessions_;  // before io_, as in the server
  boost::asio::io_context io_{1};
  http::Turns turns_{http::Turns::Clock::duration::zero()};
  net::Fd client_;
  std::string received_;
  bool at_end_ = false;
  int idle_turns_ = 0;
};

std::size_t occurrences(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) {
    ++count;
  }
  return count;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Choices choices({data, size});
  const std::uint8_t seed = choices.byte();
  const std::string_view bytes = fuzz::as_text(choices.rest());
  const http::Service& service = answers_of(seed % 2 == 0);

  const auto answers = fuzz::read_answers(Exchange(service).run(bytes, Cuts::none()));
  demand(answers.size() <= occurrences(bytes, "\n") + 1, "an answer has its request");
  if (!answers.empty() && bytes.starts_with("HEAD ")) {
    demand(answers.front().body.empty(), "HEAD has an answer without body");
  }
  const auto without_body = std::ranges::count_if(answers, [](const auto& answer) { return answer.is_cut_to_head; });
  demand(static_cast<std::size_t>(without_body) <= occurrences(bytes, "HEAD"), "only HEAD has an answer without body");
  demand(fuzz::read_answers(Exchange(service).run(bytes, Cuts(seed))) == answers, "how bytes are cut changes nothing");
  return 0;
}
