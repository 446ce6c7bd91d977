#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

#include "client/arguments.h"
#include "client/target.h"

namespace threadecho::client {

// The arguments of a command as values. All throw UsageError, which names the flag, what was given and what is allowed.

template <typename Value>
struct Allowed {
  Value least;
  Value most;
};

/// The value of a flag that is given at most once; null without it.
const std::string* text_of(const Arguments& arguments, std::string_view flag);

// `otherwise` is what comes out when the flag is not given.
std::uint64_t whole_number_of(const Arguments& arguments, std::string_view flag, Allowed<std::uint64_t> allowed,
                              std::uint64_t otherwise);
std::uint64_t size_of(const Arguments& arguments, std::string_view flag, Allowed<std::uint64_t> allowed,
                      std::uint64_t otherwise);
std::chrono::milliseconds duration_of(const Arguments& arguments, std::string_view flag,
                                      Allowed<std::chrono::milliseconds> allowed, std::chrono::milliseconds otherwise);

template <std::unsigned_integral Number>
Number number_of(const Arguments& arguments, std::string_view flag, Allowed<std::type_identity_t<Number>> allowed,
                 Number otherwise) {
  return static_cast<Number>(whole_number_of(arguments, flag, {allowed.least, allowed.most}, otherwise));
}

/// The one operand, HOST:PORT.
Target target_of(const Arguments& arguments);

[[noreturn]] void complain_of_value(std::string_view flag, const std::string& value, const std::string& reason,
                                    const std::string& allowed);

}  // namespace threadecho::client
