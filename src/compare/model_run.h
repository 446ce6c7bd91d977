#pragma once

#include <functional>
#include <string>

#include "client/json.h"
#include "client/signal_fd.h"
#include "compare/comparison.h"

namespace threadecho::compare {

// NOLINTNEXTLINE(bugprone-exception-escape): moving a Json throws nothing
struct ModelRun {
  ModelResult result;
  client::Json machine;  ///< as `load` describes it
};

/// Starts a server with this model, puts the load on it, lets clients wait behind silent ones, and stops it. Tells
/// `say` what it does. Throws std::runtime_error if a child fails or an echo is wrong or missing, and Interrupted.
ModelRun run_model(const ComparedModel& model, const CompareOptions& options, client::SignalFd& signals,
                   const std::function<void(const std::string& what)>& say);

}  // namespace threadecho::compare
