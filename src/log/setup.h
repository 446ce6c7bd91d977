#pragma once

#include <memory>

#include "log/logger.h"
#include "log/options.h"
#include "log/stdout_sink.h"

namespace threadecho::log {

/// A logger that writes to `sink` alone: nothing is registered with spdlog, no global state is touched.
/// Lines begin with the time in UTC, RFC 3339 with milliseconds.
Logger make_logger(LogLevel level, LogFormat format, const std::shared_ptr<StdoutSink>& sink);

}  // namespace threadecho::log
