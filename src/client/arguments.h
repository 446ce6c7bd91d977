#pragma once

#include <string>
#include <vector>

#include "client/target.h"

namespace threadecho::client {

/// The one operand of a client command, HOST:PORT. Throws cli::UsageError.
Target target_of(const std::vector<std::string>& operands);

}  // namespace threadecho::client
