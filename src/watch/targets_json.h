#pragma once

#include <string>

#include "watch/watch_record.h"

namespace threadecho::watch {

/// GET /targets. Written without containers of nlohmann-json, whose destructors allocate.
std::string targets_json(const WatchSnapshot& snapshot);

}  // namespace threadecho::watch
