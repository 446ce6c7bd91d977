#include "http/response.h"

#include <nlohmann/json.hpp>

#include "http/limits.h"

namespace threadecho::http {

Response json_response(const nlohmann::ordered_json& value) {
  return {200, kJsonType, value.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n"};
}

std::string excerpt(std::string_view sent) {
  return std::string(sent.substr(0, kMaxShownBytes)).append(sent.size() > kMaxShownBytes ? "..." : "");
}

Response error_response(unsigned status, std::string_view what) {
  return {status, kJsonType, "{\"error\":" + json_string(what) + "}\n"};
}

std::string json_string(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace threadecho::http
