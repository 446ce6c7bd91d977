#pragma once

#include <chrono>
#include <variant>

#include "client/connector.h"
#include "client/failure.h"
#include "client/signal_fd.h"
#include "identity/server_identity.h"

namespace threadecho::identity {

/// A signal came first.
struct Interrupted {};

/// Makes one connection to an identity port and reads what it tells, within `timeout` once it is connected. `signals`
/// may be null.
std::variant<ServerIdentity, client::Failure, Interrupted> ask(client::Connector& connector,
                                                               std::chrono::milliseconds timeout,
                                                               client::SignalFd* signals);

}  // namespace threadecho::identity
