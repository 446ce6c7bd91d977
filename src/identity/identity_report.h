#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

#include "identity/identity_arguments.h"
#include "identity/spread.h"

namespace threadecho::identity {

/// Everything that a run found.
struct IdentityResult {
  Spread spread;
  std::chrono::system_clock::time_point began_at;
  std::chrono::nanoseconds duration{};
  std::optional<int> signal;  ///< that ended it early

  /// 0, that of the first failure, or 128 + the number of a signal that came before anything was answered.
  [[nodiscard]] int exit_status() const;
};

/// A table with a bar for each server, in at most `width` columns; lines end in newlines.
std::string identity_text(const IdentityOptions& options, const IdentityResult& result, std::size_t width);

/// One JSON object on one line, without its end; identity_manual() lists its members.
std::string identity_json(const IdentityOptions& options, const IdentityResult& result);

}  // namespace threadecho::identity
