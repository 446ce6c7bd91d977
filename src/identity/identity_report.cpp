#include "identity/identity_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "cli/exit_status.h"
#include "client/json.h"
#include "client/run_command.h"
#include "text/durations.h"
#include "text/escape.h"
#include "text/numbers.h"
#include "text/timestamps.h"

namespace threadecho::identity {
namespace {

using client::Json;

constexpr std::size_t kLeastBar = 8;
constexpr std::size_t kLongestBar = 40;

double share_of(const AnsweringServer& server, const Spread& spread) {
  return static_cast<double>(server.connections) / static_cast<double>(spread.answers());
}

std::string percent(double share) { return fmt::format("{:.1f} %", 100 * share); }

std::string joined(const std::set<std::string>& texts) {
  std::string text;
  for (const std::string& one : texts) {
    text.append(text.empty() ? "" : ", ").append(one);
  }
  return text;
}

std::string dash_if_empty(const std::string& text) { return text.empty() ? "-" : text; }

template <typename Text>
std::size_t width_of(const std::vector<AnsweringServer>& servers, std::string_view title, Text text) {
  std::size_t width = title.size();
  for (const AnsweringServer& server : servers) {
    width = std::max(width, text(server).size());
  }
  return width;
}

/// A row for each server: name, node, bar, connections, share. Where that is too wide, the nodes have lines of their
/// own.
std::string table(const Spread& spread, std::size_t width) {
  const auto servers = spread.servers();
  const auto name = [](const AnsweringServer& server) { return text::printable(server.name); };
  const auto node = [](const AnsweringServer& server) { return text::printable(dash_if_empty(server.identity.node)); };
  constexpr std::size_t kFigures = 24;  // two columns, and the gaps before them and before the bar
  const std::size_t names = width_of(servers, "server", name);
  const std::size_t node_column = width_of(servers, "node", node) + 2;
  const bool are_beside = names + node_column + kFigures + kLeastBar <= width;
  const std::size_t nodes = are_beside ? node_column : 0;
  const std::size_t used = names + nodes + kFigures;
  const std::size_t longest = std::clamp(width > used ? width - used : 0, kLeastBar, kLongestBar);
  std::string text = fmt::format("{:<{}}{:<{}}  {:<{}}  connections    share\n", "server", names,
                                 are_beside ? "  node" : "", nodes, "", longest);
  for (const AnsweringServer& server : servers) {
    const double of_most = static_cast<double>(server.connections) / static_cast<double>(servers[0].connections);
    const auto length = static_cast<std::size_t>(std::lround(of_most * static_cast<double>(longest)));
    text += fmt::format("{:<{}}{:<{}}  {:<{}}  {:>11}  {:>7}\n", name(server), names,
                        are_beside ? fmt::format("  {}", node(server)) : "", nodes,
                        std::string(std::max<std::size_t>(1, length), '#'), longest, server.connections,
                        percent(share_of(server, spread)));
    if (!are_beside && !server.identity.node.empty()) {
      text += fmt::format("  on {}\n", node(server));
    }
  }
  return text;
}

std::string client_lines(const Spread& spread) {
  std::map<std::string, std::uint64_t> servers_that_saw;
  for (const AnsweringServer& server : spread.servers()) {
    ++servers_that_saw[joined(server.client_addresses)];
  }
  std::string text = "\nclient address as the servers see it:\n";
  for (const auto& [addresses, count] : servers_that_saw) {
    text += fmt::format("  {}  ({})\n", text::printable(addresses), text::count_of(count, "server"));
  }
  return text;
}

std::string sticky_line(const Spread& spread) {
  if (!spread.is_sticky()) {
    return "";
  }
  if (*spread.is_sticky()) {
    return "\nsticky: all connections reached the same server, or there is only this one\n";
  }
  return fmt::format("\nnot sticky: {} of {} followed another one to the same server ({}, by chance {})\n",
                     spread.repeats(), text::count_of(spread.answers() - 1, "connection"),
                     percent(*spread.repeat_share()), percent(*spread.expected_repeat_share()));
}

std::string failure_lines(const IdentityOptions& options, const Spread& spread) {
  std::string text;
  for (const auto& [kind, count] : spread.failures()) {
    text += fmt::format("{}{} failed: {}", text.empty() ? "\n" : "", text::count_of(count, "connection"), kind);
    text += spread.first_failure() && words_of(spread.first_failure()->kind).name == kind
                ? fmt::format(" ({})\n", spread.first_failure()->text)
                : std::string("\n");
  }
  if (spread.connections() < options.count && spread.is_hopeless()) {
    text += fmt::format("gave up after {}: is {} an IDENTITY_PORT?\n",
                        text::count_of(spread.connections(), "connection"), options.target.to_string());
  }
  return text;
}

Json json_of(const AnsweringServer& server, const Spread& spread) {
  const ServerIdentity& identity = server.identity;
  const auto text_or_null = [](const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); };
  return {{"name", server.name},
          {"pod", text_or_null(identity.pod)},
          {"namespace", text_or_null(identity.name_space)},
          {"node", text_or_null(identity.node)},
          {"host_name", text_or_null(identity.host_name)},
          {"server_addresses", server.server_addresses},
          {"client_addresses", server.client_addresses},
          {"connections", server.connections},
          {"share", share_of(server, spread)}};
}

}  // namespace

int IdentityResult::exit_status() const {
  if (spread.first_failure()) {
    return words_of(spread.first_failure()->kind).exit_status;
  }
  return signal && spread.answers() == 0 ? cli::kEndedBySignal + *signal : cli::kDone;
}

std::string identity_text(const IdentityOptions& options, const IdentityResult& result, std::size_t width) {
  const Spread& spread = result.spread;
  std::string text =
      fmt::format("{}: {} in {:.2f} s, {} from {}\n", options.target.to_string(),
                  text::count_of(spread.connections(), "connection"), text::in_seconds(result.duration),
                  text::count_of(spread.answers(), "answer"), text::count_of(spread.servers().size(), "server"));
  if (spread.answers() > 0) {
    text.append("\n").append(table(spread, width)).append(client_lines(spread)).append(sticky_line(spread));
  }
  return text.append(failure_lines(options, spread));
}

std::string identity_json(const IdentityOptions& options, const IdentityResult& result) {
  const Spread& spread = result.spread;
  Json servers = Json::array();
  for (const AnsweringServer& server : spread.servers()) {
    servers.push_back(json_of(server, spread));
  }
  Json errors = Json::object();
  for (const auto& [kind, count] : spread.failures()) {
    errors[std::string(kind)] = count;
  }
  const auto& first = spread.first_failure();
  return client::text_of(
      {{"type", "result"},
       {"target", options.target.to_string()},
       {"started_at", text::format_timestamp(result.began_at)},
       {"duration_seconds", text::in_seconds(result.duration)},
       {"error", first ? client::error_json(words_of(first->kind).name, first->text) : Json(nullptr)},
       {"signal", client::or_null(result.signal)},
       {"connections", spread.connections()},
       {"answers", spread.answers()},
       {"errors", errors},
       {"servers", servers},
       {"repeats", spread.repeats()},
       {"repeat_share", client::or_null(spread.repeat_share())},
       {"expected_repeat_share", client::or_null(spread.expected_repeat_share())},
       {"sticky", client::or_null(spread.is_sticky())}},
      -1);
}

}  // namespace threadecho::identity
