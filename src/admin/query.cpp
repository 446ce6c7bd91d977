#include "admin/query.h"

#include <algorithm>

#include "text/as_number.h"

namespace threadecho::admin {
namespace {

constexpr std::size_t kMostBytesOfParameter = 64;

}  // namespace

std::vector<Parameter> parameters_of(std::string_view target) {
  std::vector<Parameter> parameters;
  target = target.substr(0, target.find('#'));
  const std::size_t mark = target.find('?');
  std::string_view rest = mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
  while (!rest.empty()) {
    const std::string_view text = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(rest.size(), text.size() + 1));
    const std::size_t equals = std::min(text.find('='), text.size());
    parameters.push_back({text.substr(0, equals), text.substr(std::min(equals + 1, text.size()))});
  }
  return parameters;
}

bool parse_limit(const Parameter& parameter, std::size_t most, std::size_t& limit) {
  limit = text::as_number<std::size_t>(parameter.value).value_or(0);
  return limit >= 1 && limit <= most;
}

std::string wrong_parameter(const Parameter& parameter, std::string_view allowed) {
  std::string reason(parameter.name.substr(0, kMostBytesOfParameter));
  reason.append("='").append(parameter.value.substr(0, kMostBytesOfParameter)).append("'; allowed: ").append(allowed);
  return reason;
}

std::string wrong_limit(const Parameter& parameter, std::size_t most) {
  return wrong_parameter(parameter, "1 to " + std::to_string(most));
}

}  // namespace threadecho::admin
