#include "watch/targets_json.h"

#include <fmt/format.h>

#include <iterator>
#include <optional>
#include <string_view>
#include <utility>

#include "text/durations.h"
#include "text/escape.h"

namespace threadecho::watch {
namespace {

using text::json_string;

template <typename... Arguments>
void append(std::string& body, fmt::format_string<Arguments...> format, Arguments&&... arguments) {
  fmt::format_to(std::back_inserter(body), format, std::forward<Arguments>(arguments)...);
}

std::string seconds_or_null(const std::optional<nanoseconds>& duration) {
  return duration ? fmt::format("{}", text::in_seconds(*duration)) : "null";
}

std::string failing_connections(const PathRecord& path) {
  std::string list;
  for (std::size_t i = 0; i < kConnectionNames.size(); ++i) {
    if (path.fails(static_cast<ConnectionKind>(i))) {
      append(list, R"({}"{}")", list.empty() ? "" : ", ", kConnectionNames.at(i));
    }
  }
  return list;
}

std::string text_or_null(std::string_view text) { return text.empty() ? "null" : json_string(text); }

void append_loss(std::string& body, const PathRecord& path) {
  if (!path.last_loss) {
    body += "null";
    return;
  }
  const Loss& loss = *path.last_loss;
  const std::string local = loss.local.is_known() ? loss.local.to_string() : std::string();
  append(body, R"({{"time": "{}", "connection": "{}", "place": "{}", "reason": "{}", "message": {}, )",
         text::format_timestamp(loss.at), kConnectionNames.at(index_of(loss.connection)),
         kPlaceNames.at(index_of(loss.place)), client::words_of(loss.failure.kind).name,
         json_string(loss.failure.text));
  append(body, R"("age_seconds": {}, "local_address": {}, "outage_seconds": {}}})", text::in_seconds(loss.age),
         text_or_null(local), seconds_or_null(path.last_outage));
}

void append_path(std::string& body, const PathRecord& path, Clock::time_point now) {
  const PathCounters& counters = path.counters;
  append(body, "      {{\"address\": {}, \"pod\": {}, \"node\": {}, \"state\": \"{}\", \"since\": \"{}\",\n",
         json_string(path.address.text().view()), text_or_null(path.pod), text_or_null(path.node),
         kPathStateNames.at(index_of(path.state)), text::format_timestamp(path.since));
  append(body, "       \"failing\": [{}],\n", failing_connections(path));
  append(body, "       \"messages\": {{\"ok\": {}, \"lost\": {}, \"wrong\": {}}}, \"connections_lost\": {},\n",
         counters.messages[0], counters.messages[1], counters.messages[2], counters.lost);
  append(body,
         "       \"outage_seconds\": {}, \"round_trip_seconds\": {}, \"tcp_rtt_seconds\": {}, "
         "\"retransmitted_segments\": {},\n       \"last_loss\": ",
         text::in_seconds(path.outage(now)), seconds_or_null(path.round_trip), seconds_or_null(path.tcp_round_trip),
         counters.retransmitted);
  append_loss(body, path);
  body += "}";
}

}  // namespace

std::string targets_json(const WatchSnapshot& snapshot) {
  std::string body = fmt::format("{{\n  \"time\": \"{}\",\n  \"targets\": [",
                                 text::format_timestamp(std::chrono::system_clock::now()));
  std::string_view separator = "\n";
  for (const TargetSnapshot& target : snapshot.targets) {
    append(body, R"({}    {{"target": {}, "error": {}, "paths": [)", separator, json_string(target.target.name),
           target.target.error ? json_string(*target.target.error) : "null");
    separator = "\n";
    for (const PathRecord& path : target.paths) {
      body += separator;
      append_path(body, path, snapshot.now);
      separator = ",\n";
    }
    body += target.paths.empty() ? "]}" : "\n    ]}";
    separator = ",\n";
  }
  return body += snapshot.targets.empty() ? "]\n}\n" : "\n  ]\n}\n";
}

}  // namespace threadecho::watch
