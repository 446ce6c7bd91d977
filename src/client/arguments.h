#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "cli/options.h"
#include "client/target.h"
#include "text/parsed.h"

namespace threadecho::client {

/// The flags of every client command that say how to reach its target.
struct ConnectFlags {
  bool only_ipv4 = false;
  bool only_ipv6 = false;
  std::chrono::milliseconds wait{0};  ///< how long to wait for a target that cannot be reached
};

/// Their rows of the option table: all, or -4 and -6 only.
std::vector<cli::Option> rows_of(ConnectFlags& flags);
std::vector<cli::Option> family_rows_of(ConnectFlags& flags);

/// Reads one HOST:PORT; the reason of a refusal comes after the text as it was given: "has no port".
text::Parsed<Target> parse_target(std::string_view text, const ConnectFlags& flags, TargetPort expected = {});

/// The one operand of a client command, HOST:PORT. Throws cli::UsageError.
Target target_of(const std::vector<std::string>& operands, const ConnectFlags& flags, TargetPort expected = {});

}  // namespace threadecho::client
