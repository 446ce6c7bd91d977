#pragma once

namespace threadecho::log {

enum class LogLevel { kTrace, kDebug, kInfo, kWarning, kError, kCritical, kOff };
enum class LogFormat { kText, kJson };

}  // namespace threadecho::log
