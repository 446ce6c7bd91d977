#pragma once

namespace threadecho::config {

enum class LogLevel { kTrace, kDebug, kInfo, kWarning, kError, kCritical, kOff };
enum class LogFormat { kText, kJson };

}  // namespace threadecho::config
