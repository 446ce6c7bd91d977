#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace threadecho::admin {

/// One `NAME=VALUE` of a query, as it was sent: percent-encoding is not undone, because no value here needs it.
struct Parameter {
  std::string_view name;
  std::string_view value;
};

/// The parameters of a request's target, which they borrow, in their order.
std::vector<Parameter> parameters_of(std::string_view target);

/// Reads a whole number from 1 to `most` into `limit`; false if the value is not such a number.
bool parse_limit(const Parameter& parameter, std::size_t most, std::size_t& limit);

/// Why a request is refused: the parameter, shortened, and what is allowed.
std::string wrong_parameter(const Parameter& parameter, std::string_view allowed);
std::string wrong_limit(const Parameter& parameter, std::size_t most);

}  // namespace threadecho::admin
