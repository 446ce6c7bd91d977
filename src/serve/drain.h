#pragma once

#include "admin/identity_server.h"
#include "config/settings.h"
#include "echo/server.h"
#include "log/logger.h"
#include "serve/service_manager.h"
#include "serve/signals.h"

namespace threadecho::serve {

/// Waits for a stop signal, then stops the echo server in order: readiness falls, then a pause for load balancers to
/// notice, then the accept queues are emptied and closed, also that of `identity` if there is one, then open
/// connections may finish, then the rest is ended. Later signals have the meaning that StopRules gives them; one of
/// them may end the process from within. Keeps `manager` informed of all that. For main's thread.
void serve_until_drained(echo::Server& server, admin::IdentityServer* identity, const config::Settings& settings,
                         const StopSignals& signals, ServiceManager& manager, log::Logger& log);

}  // namespace threadecho::serve
