#include "client/arguments.h"

#include "cli/options.h"
#include "text/escape.h"

namespace threadecho::client {

Target target_of(const std::vector<std::string>& operands) {
  using text::in_quotes;
  if (operands.size() != 1) {
    throw cli::UsageError(operands.empty() ? "HOST:PORT is missing" : "unexpected argument " + in_quotes(operands[1]));
  }
  const auto target = parse_target(operands.front());
  if (!target.ok()) {
    throw cli::UsageError(in_quotes(operands.front()) + " " + target.reason());
  }
  return target.value();
}

}  // namespace threadecho::client
