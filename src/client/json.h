#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace threadecho::client {

/// How the client commands write JSON: members in a fixed order, durations as seconds, missing values as null.
using Json = nlohmann::ordered_json;

template <typename Value>
Json or_null(const std::optional<Value>& value) {
  return value ? Json(*value) : Json(nullptr);
}

/// `indent` -1 writes one line. Bytes that are not UTF-8, as a name on the command line can have, are replaced.
inline std::string text_of(const Json& json, int indent) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

}  // namespace threadecho::client
