#include "client/arguments.h"

#include <sys/socket.h>

#include <utility>

#include "cli/value_kinds.h"
#include "net/endpoint.h"
#include "text/escape.h"

namespace threadecho::client {
namespace {

using text::in_quotes;

constexpr std::chrono::milliseconds kLongestWait = std::chrono::hours(24 * 7);

/// `localhost 9000`, as netcat and telnet have it.
std::string too_many(const std::vector<std::string>& operands) {
  const auto joined = parse_target(operands[0] + ":" + operands[1]);
  const bool is_host_and_port = operands.size() == 2 && joined.ok();
  return "unexpected argument " + in_quotes(operands[1]) +
         (is_host_and_port ? "; did you mean " + joined.value().to_string() + "?" : "");
}

}  // namespace

std::vector<cli::Option> family_rows_of(ConnectFlags& flags) {
  return {cli::toggle("-4", flags.only_ipv4, "use IPv4 addresses only"),
          cli::toggle("-6", flags.only_ipv6, "use IPv6 addresses only")};
}

std::vector<cli::Option> rows_of(ConnectFlags& flags) {
  std::vector<cli::Option> rows = family_rows_of(flags);
  rows.push_back(
      cli::option("--wait", "DURATION", flags.wait, cli::duration(std::chrono::milliseconds(0), kLongestWait),
                  "first wait until the target can be connected to, for this long, or for the first attempt if "
                  "that takes longer"));
  return rows;
}

text::Parsed<Target> parse_target(std::string_view text, const ConnectFlags& flags, TargetPort expected) {
  auto parsed = parse_target(text, expected);
  if (!parsed.ok()) {
    return parsed;
  }
  Target target = parsed.value();
  target.family = flags.only_ipv4 ? AF_INET : flags.only_ipv6 ? AF_INET6 : AF_UNSPEC;
  const auto numeric = net::Endpoint::parse(target.host, target.port);
  const bool is_of_other_family = numeric && target.family != AF_UNSPEC && numeric->family() != target.family;
  return is_of_other_family ? text::Parsed<Target>::bad(std::string("is not an address of the family of ") +
                                                        (flags.only_ipv4 ? "-4" : "-6"))
                            : text::Parsed<Target>::good(std::move(target));
}

Target target_of(const std::vector<std::string>& operands, const ConnectFlags& flags, TargetPort expected) {
  if (operands.size() != 1) {
    throw cli::UsageError(operands.empty() ? "HOST:PORT is missing" : too_many(operands));
  }
  if (flags.only_ipv4 && flags.only_ipv6) {
    throw cli::UsageError("-4 and -6 cannot be used together");
  }
  const auto parsed = parse_target(operands.front(), flags, expected);
  if (!parsed.ok()) {
    throw cli::UsageError(in_quotes(operands.front()) + " " + parsed.reason());
  }
  return parsed.value();
}

}  // namespace threadecho::client
