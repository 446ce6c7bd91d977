#include "identity/spread.h"

#include <algorithm>
#include <utility>

namespace threadecho::identity {
namespace {

/// "192.0.2.1:80" without ":80".
std::string host_of(const std::string& address) { return address.substr(0, address.rfind(':')); }

}  // namespace

void Spread::add(const ServerIdentity& identity) {
  // Pods have names of their own in their namespace; two servers of one host differ in their port only.
  const bool has_own_name = !identity.pod.empty();
  std::string key = identity.name_space + "/" + identity.name() + (has_own_name ? "" : " " + identity.server_address);
  AnsweringServer& server = servers_.try_emplace(key, AnsweringServer{.identity = identity}).first->second;
  server.server_addresses.insert(identity.server_address);
  server.client_addresses.insert(host_of(identity.client_address));
  ++server.connections;
  ++answers_;
  repeats_ += key == last_server_ ? 1U : 0U;
  last_server_ = std::move(key);
}

void Spread::add(client::Failure failure) {
  using client::FailureKind;
  const bool is_accepted = failure.kind == FailureKind::kEchoTimeout || failure.kind == FailureKind::kWrongBytes ||
                           failure.kind == FailureKind::kClosedEarly;
  ++failed_;
  unanswered_ += is_accepted ? 1U : 0U;
  ++failures_[words_of(failure.kind).name];
  if (!first_failure_) {
    first_failure_ = std::move(failure);
  }
}

std::vector<AnsweringServer> Spread::servers() const {
  std::vector<AnsweringServer> servers;
  std::map<std::string_view, int> names;
  for (const auto& [key, server] : servers_) {
    servers.push_back(server);
    ++names[server.identity.name()];
  }
  for (AnsweringServer& server : servers) {
    const ServerIdentity& identity = server.identity;
    server.name = identity.name();
    if (names[identity.name()] > 1) {
      server.name = identity.pod.empty() ? identity.name() + " " + identity.server_address
                                         : identity.name_space + "/" + identity.pod;
    }
  }
  std::ranges::stable_sort(servers, std::greater{}, &AnsweringServer::connections);
  return servers;
}

std::optional<double> Spread::repeat_share() const {
  return answers_ < 2 ? std::nullopt : std::optional(static_cast<double>(repeats_) / static_cast<double>(answers_ - 1));
}

std::optional<double> Spread::expected_repeat_share() const {
  if (answers_ < 2) {
    return std::nullopt;
  }
  double expected = 0;
  for (const auto& [key, server] : servers_) {
    const double share = static_cast<double>(server.connections) / static_cast<double>(answers_);
    expected += share * share;
  }
  return expected;
}

std::optional<bool> Spread::is_sticky() const {
  return answers_ < 2 ? std::nullopt : std::optional(servers_.size() == 1);
}

}  // namespace threadecho::identity
