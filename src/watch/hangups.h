#pragma once

#include "net/fd.h"

namespace threadecho::watch {

/// A descriptor that becomes readable on SIGHUP, which then no longer ends the process. Call this before other threads
/// start. Throws std::system_error.
net::Fd take_hangups();

}  // namespace threadecho::watch
