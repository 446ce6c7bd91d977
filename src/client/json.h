#pragma once

#include <cstdint>
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

/// A whole number of things. Nothing for another number: one that is negative, has a fraction, or is too big for a
/// double to hold. Throws Json::exception for what is no number.
inline std::optional<std::uint64_t> count_in(const Json& json) {
  constexpr std::uint64_t kMost = std::uint64_t{1} << 53U;
  const auto number = json.get<double>();
  if (!json.is_number_integer() || number < 0 || json.get<std::uint64_t>() > kMost) {
    return std::nullopt;
  }
  return json.get<std::uint64_t>();
}

/// `indent` -1 writes one line. Bytes that are not UTF-8, as a name on the command line can have, are replaced.
inline std::string text_of(const Json& json, int indent) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

}  // namespace threadecho::client
