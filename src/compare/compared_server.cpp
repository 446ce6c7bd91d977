#include "compare/compared_server.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string_view>

#include "cli/value_kinds.h"
#include "client/http_client.h"
#include "compare/interruption.h"

namespace threadecho::compare {
namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* kLoopback = "127.0.0.1";
// Far longer than it takes, so that a busy machine fails no comparison.
constexpr std::chrono::seconds kTimeToStart{30};
constexpr std::chrono::seconds kTimeToAnswer{10};
constexpr std::chrono::seconds kTimeToNoticeClients{60};
constexpr std::chrono::seconds kTimeToDie{1};
constexpr std::chrono::milliseconds kAskAgain{10};

std::vector<std::string> arguments_of(const ComparedModel& model) {
  return {"serve",
          "--port=0",
          "--http-port=0",
          std::string("--bind-address=") + kLoopback,
          std::string("--http-bind-address=") + kLoopback,
          "--thread-model=" + model.thread_model,
          "--pool-threads=" + std::to_string(model.pool_threads),
          "--log-level=info",
          "--log-format=text"};
}

/// The address after `key` in the log line of a server that serves.
std::optional<net::Endpoint> address_in(const std::string& line, std::string_view key) {
  const std::size_t begin = line.find(key, line.find(" serving "));
  if (begin == std::string::npos) {
    return std::nullopt;
  }
  const std::size_t host = begin + key.size();
  const std::size_t colon = line.find(':', host);
  const auto port = cli::parse_number(line.substr(colon + 1, line.find(' ', host) - colon - 1), 1, UINT16_MAX);
  return port.ok() ? net::Endpoint::parse(line.substr(host, colon - host), static_cast<std::uint16_t>(port.value()))
                   : std::nullopt;
}

}  // namespace

ComparedServer::ComparedServer(const ComparedModel& model, client::SignalFd& signals)
    : name_("the server of " + model.name), signals_(signals), process_(arguments_of(model)) {
  const client::Deadline deadline = Clock::now() + kTimeToStart;
  while (const auto line = process_.next_line(deadline, signals_)) {
    const auto echo = address_in(*line, " echo=");
    const auto http = address_in(*line, " http=");
    if (echo && http) {
      echo_ = *echo;
      http_ = *http;
      return;
    }
  }
  process_.ends_by(Clock::now() + kTimeToDie, signals_);
  throw std::runtime_error(name_ + " does not start: " + process_.last_words());
}

ServerMetrics ComparedServer::metrics() {
  const auto answer = client::http_get(http_, "/metrics", Clock::now() + kTimeToAnswer, &signals_);
  if (signals_.signal()) {
    throw Interrupted{*signals_.signal()};
  }
  if (answer.ok() && answer.value().status == 200) {
    return parse_server_metrics(answer.value().body);
  }
  const std::string reason = reason_to_give_up();
  throw std::runtime_error(
      !reason.empty() ? reason
                      : name_ + " does not answer GET /metrics: " +
                            (answer.ok() ? "status " + std::to_string(answer.value().status) : answer.reason()));
}

void ComparedServer::wait_until_used_by(std::uint32_t clients) {
  const client::Deadline deadline = Clock::now() + kTimeToNoticeClients;
  while (metrics().connections_active != clients) {
    if (Clock::now() >= deadline) {
      throw std::runtime_error(name_ + (clients == 0 ? " does not close the connections of its clients"
                                                     : " does not accept the connections of its clients"));
    }
    wait_or_throw(-1, 0, Clock::now() + kAskAgain, signals_);
  }
}

std::string ComparedServer::reason_to_give_up() {
  return process_.ends_by(Clock::now() + kTimeToDie, signals_) ? name_ + " has ended: " + process_.last_words()
                                                               : std::string();
}

}  // namespace threadecho::compare
