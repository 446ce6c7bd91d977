#pragma once

#include "admin/identity_server.h"
#include "config/settings.h"
#include "echo/server.h"
#include "log/logger.h"
#include "serve/service_manager.h"
#include "serve/signals.h"

namespace threadecho::serve {

/// Waits for a stop signal, then stops the echo server in order: readiness falls; load balancers get a pause to notice;
/// the accept queues are emptied and closed, also that of `identity` if there is one; open connections may finish; the
/// rest is ended. StopRules says what later signals mean; one of them may end the process during the call. Tells
/// `manager` about each step. For main's thread.
void serve_until_drained(echo::Server& server, admin::IdentityServer* identity, const config::Settings& settings,
                         const StopSignals& signals, ServiceManager& manager, log::Logger& log);

}  // namespace threadecho::serve
