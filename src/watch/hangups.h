#pragma once

#include "net/fd.h"

namespace threadecho::watch {

/// A descriptor that is readable after SIGHUP, which it keeps from ending the process. Make it before other threads
/// start. Throws std::system_error.
net::Fd take_hangups();

}  // namespace threadecho::watch
