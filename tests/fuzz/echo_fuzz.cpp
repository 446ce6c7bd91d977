#include <poll.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/null_sink.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <numeric>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "client/wait.h"
#include "config/settings.h"
#include "echo/limits.h"
#include "echo/server.h"
#include "echo_client.h"
#include "oracle.h"

/// Up to eight clients of a running server do what the input says, in its order: connect, send, read, half-close,
/// reset, close, pause. Each receives a prefix of exactly what it sent, and all of it once it has half-closed; then
/// no client is left, and the counters agree with what the clients did. The first byte chooses the server: thread model
/// and buffers. In `blocking-pool` there are more clients than threads.

namespace {

using namespace threadecho;
using fuzz::demand;
using std::chrono::microseconds;
using std::chrono::steady_clock;

constexpr std::size_t kClients = 8;
/// How long one client is waited for while the others do not read. TCP tries a window that was full again after 0.2 s,
/// and then later and later: clients that read one after the other would wait twice as long each as the one before.
constexpr std::chrono::milliseconds kAlone{10};

using config::ThreadModel;

config::Settings settings(ThreadModel model, bool small) {
  config::Settings settings;
  settings.port = 0;
  settings.drain_timeout = std::chrono::milliseconds(0);
  settings.thread_model = model;
  settings.pool_threads = 2;
  if (small) {
    settings.buffer_size = 1024;
    settings.socket_buffer_size = 64UL * 1024;
  }
  return settings;
}

/// A server that goes on from one input to the next, as a real one goes on from client to client.
class Subject {
 public:
  Subject(ThreadModel model, bool small)
      : settings_(settings(model, small)),
        log_(logger()),
        server_(settings_, echo::effective_limit(settings_, 0), log_) {
    server_.start();
  }

  [[nodiscard]] const echo::Server& server() const { return server_; }
  /// A client may have to wait until others have left.
  [[nodiscard]] bool has_queue() const { return settings_.thread_model == ThreadModel::kBlockingPool; }

  /// An address of the loopback network that no client has used for long: ended connections keep their ports for a
  /// minute.
  net::Endpoint next_address() {
    ++last_address_;
    std::string address = "127";
    for (const std::uint32_t part :
         {1 + (last_address_ >> 16U) % 250, (last_address_ >> 8U) % 256, last_address_ % 256}) {
      address.append(".").append(std::to_string(part));
    }
    return net::Endpoint::parse(address, server_.endpoint().port()).value();
  }

 private:
  /// Lines are made, and go nowhere.
  static log::Logger logger() {
    auto target = std::make_shared<spdlog::logger>("none", std::make_shared<spdlog::sinks::null_sink_mt>());
    target->set_level(spdlog::level::trace);
    return {std::move(target), log::LogFormat::kText};
  }

  config::Settings settings_;
  log::Logger log_;
  echo::Server server_;
  std::uint32_t last_address_ = 0;
};

Subject& subject(std::uint8_t choice) {
  struct Kind {
    ThreadModel model;
    bool small;
    std::unique_ptr<Subject> subject;
  };
  static std::array<Kind, 6> kinds = {{{ThreadModel::kPerConnection, false, {}},
                                       {ThreadModel::kPool, false, {}},
                                       {ThreadModel::kPerConnection, true, {}},
                                       {ThreadModel::kPool, true, {}},
                                       {ThreadModel::kBlockingPool, false, {}},
                                       {ThreadModel::kBlockingPool, true, {}}}};
  auto& [model, small, chosen] = kinds.at(choice % kinds.size());
  if (!chosen) {
    chosen = std::make_unique<Subject>(model, small);
  }
  return *chosen;
}

template <typename Condition>
void await(Condition condition, std::string_view what) {
  const auto deadline = steady_clock::now() + fuzz::kPatience;
  for (microseconds pause{10}; !condition(); pause = std::min(pause * 2, microseconds(2000))) {
    demand(steady_clock::now() < deadline, what);
    std::this_thread::sleep_for(pause);
  }
}

/// What the clients of one input have done.
struct Deeds {
  std::uint64_t connects = 0;
  std::uint64_t finished = 0;        ///< clients that half-closed and read to their end
  std::uint64_t finished_bytes = 0;  ///< what those sent, and so received
  std::uint64_t sent = 0;            ///< by all clients
  std::uint64_t received = 0;
};

class Scenario {
 public:
  explicit Scenario(Subject& subject) : subject_(subject), before_(subject.server().totals()) {}

  void act(fuzz::Choices& choices) {
    const std::uint8_t choice = choices.byte();
    auto& client = clients_.at(choice >> 5U);
    const std::uint8_t operation = choice % 8;
    if (!client) {
      connect(client, operation);
      return;
    }
    switch (operation) {
      case 0:
      case 1:
        return client->send(length(choices));
      case 2:
      case 3:
        return client->read(length(choices));
      case 4:
        return client->half_close();
      case 5:
        std::this_thread::sleep_for(microseconds(choices.byte()));
        return;
      case 6:
        return leave(client, choice % 16 >= 8);
      default:
        // Not where this client may wait for one that only the input's end makes leave.
        return subject_.has_queue() ? client->read(client->sent() - client->received()) : read_all(*client);
    }
  }

  void finish() {
    for (auto& client : clients_) {
      if (client) {
        client->half_close();
      }
    }
    for (auto& client : clients_) {
      if (client) {
        read_all(*client);
        await_end(*client);
        ++deeds_.finished;
        deeds_.finished_bytes += client->sent();
        forget(client);
      }
    }
    await([this] { return agree(subject_.server().totals()); }, "no client is left, and all are counted");
    compare(subject_.server().totals());
  }

 private:
  using Slot = std::optional<fuzz::Client>;

  static std::size_t length(fuzz::Choices& choices) {
    const std::size_t number = choices.byte();
    return number < 128 ? number + 1 : (number - 127) * 1021;  // up to 128 KiB
  }

  void connect(Slot& client, std::uint8_t operation) {
    client.emplace(subject_.next_address(), operation == 3 ? 32 * 1024 : 0, 8191 * deeds_.connects);
    ++deeds_.connects;
  }

  void leave(Slot& client, bool with_reset) {
    if (with_reset) {
      client->reset();
    }
    forget(client);
  }

  void forget(Slot& client) {
    deeds_.sent += client->sent();
    deeds_.received += client->received();
    client.reset();
  }

  void wait_for_bytes(const fuzz::Client& client) {
    const auto deadline = steady_clock::now() + fuzz::kPatience;
    while (client::wait_for(client.fd(), POLLIN, steady_clock::now() + kAlone, nullptr) != client::Waited::kReady) {
      demand(steady_clock::now() < deadline, "an echo comes");
      for (auto& other : clients_) {
        if (other && other->fd() != client.fd()) {
          other->read(other->sent() - other->received());
        }
      }
    }
  }

  void read_all(fuzz::Client& client) {
    while (client.received() < client.sent()) {
      wait_for_bytes(client);
      client.read(client.sent() - client.received());
    }
  }

  void await_end(fuzz::Client& client) {
    while (!client.is_at_end()) {
      wait_for_bytes(client);
      client.read(1);
    }
  }

  [[nodiscard]] bool agree(const echo::Totals& now) const {
    return now.active == 0 && now.active_threads == 0 && now.accepted - before_.accepted == deeds_.connects;
  }

  [[nodiscard]] static std::uint64_t sum(const auto& counters) {
    return std::accumulate(counters.begin(), counters.end(), std::uint64_t{0});
  }

  void compare(const echo::Totals& now) const {
    const auto closed = [&](echo::CloseReason reason) {
      return now.closed[echo::index_of(reason)] - before_.closed[echo::index_of(reason)];
    };
    const std::uint64_t client_closed = closed(echo::CloseReason::kClientClosed);
    demand(sum(now.closed) == now.accepted, "who was accepted has been closed");
    demand(client_closed + closed(echo::CloseReason::kClientReset) == deeds_.connects, "clients end connections here");
    demand(client_closed >= deeds_.finished, "who finishes has not been reset");
    demand(sum(now.rejected) == 0 && sum(now.accept_errors) == 0, "no client is refused");
    demand(now.connection_duration.count() == now.accepted, "every connection is in the histogram once");
    demand(subject_.has_queue() ? now.thread_start.count() <= now.accepted : now.thread_start.count() == now.accepted,
           "every connection starts once, unless it leaves a queue before");
    demand(now.echo_duration.count() <= now.receives, "an echo has its receive");

    const std::uint64_t received = now.received_bytes - before_.received_bytes;
    const std::uint64_t echoed = now.echoed_bytes - before_.echoed_bytes;
    demand(received <= deeds_.sent && received >= deeds_.finished_bytes, "received bytes are bytes that were sent");
    demand(echoed <= received && echoed >= deeds_.received, "echoed bytes are bytes that were received");
  }

  Subject& subject_;
  const echo::Totals before_;
  std::array<Slot, kClients> clients_;
  Deeds deeds_;
};

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Choices choices({data, size});
  Scenario scenario(subject(choices.byte()));
  while (!choices.empty()) {
    scenario.act(choices);
  }
  scenario.finish();
  return 0;
}
