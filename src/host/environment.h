#pragma once

#include <functional>
#include <map>
#include <string>

namespace threadecho::host {

/// Variables and their values, as in environ(7).
using Environment = std::map<std::string, std::string, std::less<>>;

/// The environment of this process. Call before other threads start: environ(7) has no lock.
Environment process_environment();

}  // namespace threadecho::host
