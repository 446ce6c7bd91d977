#include "http/response.h"

#include <nlohmann/json.hpp>

#include "http/limits.h"
#include "text/escape.h"

namespace threadecho::http {

Response json_response(const nlohmann::ordered_json& value) {
  return {200, kJsonType, value.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n"};
}

std::string excerpt(std::string_view sent) {
  return std::string(sent.substr(0, kMaxShownBytes)).append(sent.size() > kMaxShownBytes ? "..." : "");
}

Response error_response(unsigned status, std::string_view what) {
  return {status, kJsonType, "{\"error\":" + text::json_string(what) + "}\n"};
}

Response options_response(std::string_view allowed) { return {kNoContent, kTextType, {}, {{"Allow", allowed}}}; }

}  // namespace threadecho::http
