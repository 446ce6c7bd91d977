#include "http/response.h"

#include <nlohmann/json.hpp>

#include "text/escape.h"

namespace threadecho::http {

Response json_response(const nlohmann::ordered_json& value) {
  return {200, kJsonType, value.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n"};
}

Response error_response(unsigned status, std::string_view what) {
  return {status, kJsonType, "{\"error\":" + text::json_string(what) + "}\n"};
}

}  // namespace threadecho::http
