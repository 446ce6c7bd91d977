#include "log/logger.h"

#include <array>
#include <cstddef>
#include <memory_resource>
#include <string>
#include <utility>

#include "log/line.h"
#include "log/stdout_sink.h"

namespace threadecho::log {
namespace {

/// Enough for all lines of a connection but a rare long one, and small enough for an echo thread's stack.
constexpr std::size_t kRoomBytes = 512;

}  // namespace

Logger::Logger(std::shared_ptr<spdlog::logger> logger, LogFormat format, std::shared_ptr<StdoutSink> sink)
    : spdlog_(std::move(logger)), sink_(std::move(sink)), format_(format) {}

void Logger::write(spdlog::level::level_enum level, std::string_view event,
                   std::initializer_list<Field> fields) noexcept {
  if (!enabled(level)) {
    return;
  }
  try {
    if (format_ == LogFormat::kJson) {
      const std::string body = json_body(event, fields);
      spdlog_->log(level, spdlog::string_view_t(body.data(), body.size()));
      return;
    }
    std::array<std::byte, kRoomBytes> room;  // NOLINT(cppcoreguidelines-pro-type-member-init): it is scratch
    std::pmr::monotonic_buffer_resource memory(room.data(), room.size());
    const std::pmr::string body = text_body(event, fields, &memory);
    spdlog_->log(level, spdlog::string_view_t(body.data(), body.size()));
  } catch (...) {
    // No memory for the line: drop it. A log line must never end the connection, or the thread, that it is about.
  }
}

void Logger::write_unless_half_full(spdlog::level::level_enum level, std::string_view event,
                                    std::initializer_list<Field> fields) noexcept {
  if (enabled(level) && sink_ != nullptr && sink_->is_half_full()) {
    sink_->count_dropped();
    return;
  }
  write(level, event, fields);
}

void Logger::trace(std::string_view event, std::initializer_list<Field> fields) noexcept {
  write(spdlog::level::trace, event, fields);
}

void Logger::debug(std::string_view event, std::initializer_list<Field> fields) noexcept {
  write(spdlog::level::debug, event, fields);
}

void Logger::info(std::string_view event, std::initializer_list<Field> fields) noexcept {
  write(spdlog::level::info, event, fields);
}

void Logger::warn(std::string_view event, std::initializer_list<Field> fields) noexcept {
  write(spdlog::level::warn, event, fields);
}

void Logger::error(std::string_view event, std::initializer_list<Field> fields) noexcept {
  write(spdlog::level::err, event, fields);
}

}  // namespace threadecho::log
