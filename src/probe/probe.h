#pragma once

#include "client/name_lookup.h"
#include "client/signal_fd.h"
#include "probe/probe_arguments.h"
#include "probe/probe_lines.h"
#include "probe/probe_result.h"

namespace threadecho::probe {

/// Runs a probe as the options say, and prints a line about each step as it happens. `signals` may be null.
ProbeResult probe(const ProbeOptions& options, client::NameLookup& names, const PrintLine& print,
                  client::SignalFd* signals);

}  // namespace threadecho::probe
