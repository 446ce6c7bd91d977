#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "config/settings_error.h"
#include "host/environment.h"

namespace threadecho::serve {

/// Moves the variables of sd_listen_fds(3), sd_notify(3) and sd_watchdog_enabled(3) out of `environment`, and unsets
/// them in this process, so that no child process takes them for its own. Call before other threads start.
host::Environment take_service_variables(host::Environment& environment);

/// A descriptor that the service manager has passed on, and its name there.
struct PassedDescriptor {
  int number;
  std::string name;
};

struct PassedDescriptors {
  std::vector<PassedDescriptor> list;
  std::vector<config::Problem> problems;
};

/// What LISTEN_PID, LISTEN_FDS and LISTEN_FDNAMES pass on to the process `self`. Nothing if they are not set, or are
/// meant for another process.
PassedDescriptors passed_descriptors(const host::Environment& variables, pid_t self);

/// The interval in which the service manager expects a message of the process `self`: WATCHDOG_USEC, WATCHDOG_PID.
/// Nothing without a watchdog.
std::optional<std::chrono::microseconds> watchdog_interval(const host::Environment& variables, pid_t self);

}  // namespace threadecho::serve
