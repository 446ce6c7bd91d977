#include "watch/identity_question.h"

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>

#include "client/http_client.h"

namespace threadecho::watch {
namespace {

/// A name of Kubernetes has at most 253 characters.
constexpr std::size_t kMostCharacters = 253;

std::string member(const nlohmann::json& pod, const char* name) {
  const auto found = pod.find(name);
  return found != pod.end() && found->is_string() ? found->get<std::string>().substr(0, kMostCharacters)
                                                  : std::string();
}

}  // namespace

host::Pod ask(const IdentityQuestion& question) {
  const auto server = net::Endpoint::parse(question.address.host(), question.port);
  if (!server) {
    return {};
  }
  const auto deadline = std::chrono::steady_clock::now() + question.timeout;
  const auto answer = client::http_get(*server, "/version", deadline, nullptr);
  if (!answer.ok() || answer.value().status != 200) {
    return {};
  }
  const auto json = nlohmann::json::parse(answer.value().body, nullptr, false);
  const auto pod = json.is_object() ? json.find("pod") : json.end();
  if (pod == json.end() || !pod->is_object()) {
    return {};
  }
  return {.name = member(*pod, "name"), .name_space = member(*pod, "namespace"), .node = member(*pod, "node")};
}

}  // namespace threadecho::watch
