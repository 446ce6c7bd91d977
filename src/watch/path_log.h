#pragma once

#include <string_view>

#include "log/logger.h"
#include "watch/watch_record.h"

namespace threadecho::watch {

/// The line of a connection that was lost.
void log_lost(log::Logger& log, std::string_view target, const PathRecord& path, const Loss& loss);
/// The line of a connection that works again, after this long.
void log_back(log::Logger& log, std::string_view target, const PathRecord& path, ConnectionKind connection,
              nanoseconds outage);

}  // namespace threadecho::watch
