#pragma once

#include <functional>
#include <stdexcept>
#include <string_view>

#include "client/failure.h"
#include "client/json.h"

namespace threadecho::client {

/// A failure that ends a client command before it has a result.
class CommandFailed : public std::runtime_error {
 public:
  explicit CommandFailed(const Failure& failure) : std::runtime_error(failure.text), kind_(failure.kind) {}
  [[nodiscard]] FailureKind kind() const noexcept { return kind_; }

 private:
  FailureKind kind_;
};

/// The member `error` that every JSON of a failure has: {"kind", "message"}.
Json error_json(std::string_view kind, std::string_view message);

/// cli::run_command for a client command: with --json among the arguments, what ends the command becomes one line of
/// JSON on standard output too, {"type": "error", "error": {...}}. Its kind is that of the CommandFailed, `usage`, or
/// `other`.
int run_command(std::string_view name, int argc, const char* const* argv, const std::function<int()>& body);

}  // namespace threadecho::client
