#pragma once

#include <spdlog/logger.h>

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <variant>

#include "log/options.h"

namespace threadecho::log {

/// One named value of a log line: a number, a truth value, text, a duration of at least 0, shown in seconds, or bytes
/// of a payload, shown as payload_preview() shows them; or no value, and the line goes without the field. Borrows text
/// and bytes: make it inside the call that writes the line.
struct Field {
  using Value = std::variant<std::string_view, std::int64_t, std::uint64_t, std::chrono::nanoseconds, bool,
                             std::span<const std::byte>, std::monostate>;

  Field(std::string_view name, std::string_view text) : key(name), value(text) {}
  Field(std::string_view name, const char* text) : key(name), value(std::string_view(text)) {}
  Field(std::string_view name, std::same_as<std::optional<std::string_view>> auto text)
      : key(name), value(text ? Value(*text) : Value(std::monostate())) {}
  Field(std::string_view name, std::span<const std::byte> payload) : key(name), value(payload) {}
  Field(std::string_view name, std::same_as<bool> auto truth) : key(name), value(truth) {}
  Field(std::string_view name, std::chrono::nanoseconds duration) : key(name), value(duration) {}
  Field(std::string_view name, std::signed_integral auto number) : key(name), value(std::int64_t{number}) {}
  template <std::unsigned_integral Number>
  requires(!std::same_as<Number, bool>) Field(std::string_view name, Number number)
      : key(name), value(std::uint64_t{number}) {}

  std::string_view key;
  Value value;
};

class StdoutSink;

/// Writes structured lines: an event and its fields, as `event key=value ...` or as one JSON object a line.
/// Owned by main, borrowed by everyone else; any thread may write. A call whose level is off costs one comparison.
/// Nothing is thrown: a line for which there is no memory is lost.
class Logger {
 public:
  /// `sink` is where `logger` writes, and says when it is half full; null if it cannot.
  Logger(std::shared_ptr<spdlog::logger> logger, LogFormat format, std::shared_ptr<StdoutSink> sink = nullptr);

  [[nodiscard]] bool enabled(spdlog::level::level_enum level) const { return spdlog_->should_log(level); }
  void write(spdlog::level::level_enum level, std::string_view event,
             std::initializer_list<Field> fields = {}) noexcept;
  /// For a line whose content a later line repeats: dropped and counted while the sink is half full, to leave room for
  /// other lines.
  void write_unless_half_full(spdlog::level::level_enum level, std::string_view event,
                              std::initializer_list<Field> fields) noexcept;
  void trace(std::string_view event, std::initializer_list<Field> fields = {}) noexcept;
  void debug(std::string_view event, std::initializer_list<Field> fields = {}) noexcept;
  void info(std::string_view event, std::initializer_list<Field> fields = {}) noexcept;
  void warn(std::string_view event, std::initializer_list<Field> fields = {}) noexcept;
  void error(std::string_view event, std::initializer_list<Field> fields = {}) noexcept;

 private:
  std::shared_ptr<spdlog::logger> spdlog_;
  std::shared_ptr<StdoutSink> sink_;
  LogFormat format_;
};

}  // namespace threadecho::log
