#pragma once

#include <optional>
#include <string>
#include <utility>

namespace threadecho::text {

/// The result of parsing a text: a value, or the reason why there is none.
template <typename T>
class Parsed {
 public:
  static Parsed good(T value) { return Parsed(std::move(value), {}); }
  static Parsed bad(std::string reason) { return Parsed({}, std::move(reason)); }

  [[nodiscard]] bool ok() const { return value_.has_value(); }
  /// Only when ok().
  [[nodiscard]] const T& value() const { return *value_; }
  /// One clause in the user's language, for example "not a whole number"; empty when ok().
  [[nodiscard]] const std::string& reason() const { return reason_; }

 private:
  Parsed(std::optional<T> value, std::string reason) : value_(std::move(value)), reason_(std::move(reason)) {}

  std::optional<T> value_;
  std::string reason_;
};

}  // namespace threadecho::text
