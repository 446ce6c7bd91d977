#include "log/setup.h"

#include <spdlog/pattern_formatter.h>

#include <string>

namespace threadecho::log {
namespace {

constexpr const char* kTextPattern = "%Y-%m-%dT%H:%M:%S.%eZ %-5l %v";
constexpr const char* kJsonPattern = R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})";

spdlog::level::level_enum to_spdlog(LogLevel level) {
  switch (level) {
    case LogLevel::kTrace:
      return spdlog::level::trace;
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarning:
      return spdlog::level::warn;
    case LogLevel::kError:
      return spdlog::level::err;
    case LogLevel::kCritical:
      return spdlog::level::critical;
    case LogLevel::kOff:
      break;
  }
  return spdlog::level::off;
}

}  // namespace

Logger make_logger(LogLevel level, LogFormat format, const std::shared_ptr<StdoutSink>& sink) {
  auto target = std::make_shared<spdlog::logger>("threadecho", sink);
  target->set_formatter(std::make_unique<spdlog::pattern_formatter>(
      format == LogFormat::kJson ? kJsonPattern : kTextPattern, spdlog::pattern_time_type::utc));
  target->set_level(to_spdlog(level));
  // spdlog's own handler prints to standard error, which can block.
  target->set_error_handler([sink](const std::string& /*what*/) { sink->count_dropped(); });
  return {std::move(target), format, sink};
}

}  // namespace threadecho::log
