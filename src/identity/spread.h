#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "client/failure.h"
#include "identity/server_identity.h"

namespace threadecho::identity {

/// One of the servers that have answered.
struct AnsweringServer {
  ServerIdentity identity;                      ///< of its first answer
  std::string name = {};                        ///< for people; with its address where another server has the same
  std::set<std::string> server_addresses = {};  ///< where it was reached, with ports
  std::set<std::string> client_addresses = {};  ///< for which it took the client, without ports
  std::uint64_t connections = 0;
};

/// How connections spread over servers. Each answer and each failure is added once, in their order.
class Spread {
 public:
  void add(const ServerIdentity& identity);
  void add(client::Failure failure);

  [[nodiscard]] std::uint64_t connections() const noexcept { return answers_ + failed_; }
  [[nodiscard]] std::uint64_t answers() const noexcept { return answers_; }
  /// Those with the most connections first, each with a name of its own.
  [[nodiscard]] std::vector<AnsweringServer> servers() const;
  /// How many connections failed, by the name of the failure's kind.
  [[nodiscard]] const std::map<std::string_view, std::uint64_t>& failures() const noexcept { return failures_; }
  [[nodiscard]] const std::optional<client::Failure>& first_failure() const noexcept { return first_failure_; }

  /// There has been no answer yet, and several connections have failed although something accepted them: this is no
  /// identity port.
  [[nodiscard]] bool is_hopeless() const noexcept { return answers_ == 0 && unanswered_ >= kMostUnanswered; }

  /// Answers of the same server as the answer before.
  [[nodiscard]] std::uint64_t repeats() const noexcept { return repeats_; }
  /// Their share; nothing with fewer than two answers.
  [[nodiscard]] std::optional<double> repeat_share() const;
  /// The expected share if each connection had gone to a random server, with the same number of connections for each.
  [[nodiscard]] std::optional<double> expected_repeat_share() const;
  /// Whether all answers came from one server; nothing with fewer than two.
  [[nodiscard]] std::optional<bool> is_sticky() const;

 private:
  static constexpr std::uint64_t kMostUnanswered = 3;

  std::map<std::string, AnsweringServer> servers_;  ///< by namespace and name
  std::string last_server_;
  std::uint64_t answers_ = 0;
  std::uint64_t repeats_ = 0;
  std::uint64_t failed_ = 0;
  std::uint64_t unanswered_ = 0;  ///< of those that failed: something accepted the connection
  std::map<std::string_view, std::uint64_t> failures_;
  std::optional<client::Failure> first_failure_;
};

}  // namespace threadecho::identity
