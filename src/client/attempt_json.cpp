#include "client/attempt_json.h"

#include <utility>

#include "client/connector.h"
#include "client/run_command.h"
#include "text/durations.h"
#include "text/timestamps.h"

namespace threadecho::client {

Json json_of(const std::vector<Attempt>& attempts) {
  Json connects = Json::array();
  for (const Attempt& attempt : attempts) {
    Json connect = {{"time", text::format_timestamp(attempt.began_at)},
                    {"address", attempt.endpoint.to_string()},
                    {"local_address", attempt.error ? Json(nullptr) : Json(attempt.local.to_string())},
                    {"duration_seconds", text::in_seconds(attempt.duration)}};
    if (attempt.error) {
      const Failure failure = failure_of(attempt);
      connect["error"] = error_json(words_of(failure.kind).name, failure.text);
    }
    connects.push_back(std::move(connect));
  }
  return connects;
}

}  // namespace threadecho::client
