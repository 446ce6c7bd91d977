#include "http/response.h"

#include <nlohmann/json.hpp>

namespace threadecho::http {

Response json_response(const nlohmann::ordered_json& value) {
  return {200, kJsonType, value.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n"};
}

Response error_response(unsigned status, std::string_view what) {
  const nlohmann::json object = {{"error", what}};
  return {status, kJsonType, object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n"};
}

}  // namespace threadecho::http
