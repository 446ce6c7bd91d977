#pragma once

#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "client/failure.h"
#include "client/json.h"

namespace threadecho::client {

/// A failure that ends a client command before it has a result.
class CommandFailed : public std::runtime_error {
 public:
  explicit CommandFailed(const Failure& failure) : CommandFailed(words_of(failure.kind).name, failure.text) {}
  /// `kind` as --json prints it.
  CommandFailed(std::string_view kind, const std::string& message) : std::runtime_error(message), kind_(kind) {}
  [[nodiscard]] const std::string& kind() const noexcept { return kind_; }

 private:
  std::string kind_;
};

/// The member `error` that every JSON of a failure has: {"kind", "message"}.
Json error_json(std::string_view kind, std::string_view message);

/// What --json prints for a command that ends without a result: {"type": "error", "error": {...}} on one line.
std::string error_line(std::string_view kind, std::string_view message);

/// cli::run_command for a client command: with --json among the arguments, what ends the command becomes one line of
/// JSON on standard output too, see error_line(). Its kind is that of the CommandFailed, `usage`, `local_limit` where
/// the system lacked threads, descriptors or memory, or `other`.
int run_command(std::string_view name, int argc, const char* const* argv, const std::function<int()>& body);

}  // namespace threadecho::client
