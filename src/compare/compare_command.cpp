#include "compare/compare_command.h"

#include <unistd.h>

#include <csignal>
#include <cstddef>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "cli/exit_status.h"
#include "cli/help.h"
#include "cli/options.h"
#include "client/run_command.h"
#include "client/signal_fd.h"
#include "compare/compare_arguments.h"
#include "compare/compare_json.h"
#include "compare/compare_progress.h"
#include "compare/compare_text.h"
#include "compare/comparison.h"
#include "compare/interruption.h"
#include "compare/model_run.h"
#include "config/settings.h"
#include "echo/limits.h"
#include "http/limits.h"

namespace threadecho::compare {
namespace {

/// Raises the limit of descriptors, which the children inherit. A server needs more descriptors than the load or this
/// process: throws UsageError if the limit is too low for a server with all clients and one more.
void ensure_room(const CompareOptions& options) {
  echo::raise_descriptor_limit();
  for (const auto model : {config::ThreadModel::kPerConnection, config::ThreadModel::kPool}) {
    config::Settings settings;
    settings.thread_model = model;
    settings.pool_threads = options.pool_threads;
    const echo::EffectiveLimit limit = echo::effective_limit(settings, http::kMaxHttpConnections);
    if (limit.connections <= options.clients) {
      throw cli::UsageError("--clients " + std::to_string(options.clients) +
                            ": the limits of this host leave room for " + std::to_string(limit.connections - 1) + ": " +
                            limit.explanation());
    }
  }
}

Comparison compare_models(const CompareOptions& options, client::SignalFd& signals) {
  Comparison comparison{.options = options, .machine = {}, .models = {}};
  const CompareProgress progress(STDERR_FILENO, options.quiet);
  const std::vector<ComparedModel> models = compared_models(options.pool_threads);
  for (std::size_t i = 0; i < models.size(); ++i) {
    const std::string start =
        std::to_string(i + 1) + " of " + std::to_string(models.size()) + ": " + models[i].name + ": ";
    ModelRun run =
        run_model(models[i], options, signals, [&](const std::string& what) { progress.show(start + what); });
    comparison.models.push_back(std::move(run.result));
    comparison.machine = std::move(run.machine);
  }
  return comparison;
}

int run_all(const CompareOptions& options) {
  client::SignalFd signals;
  static_cast<void>(std::signal(SIGPIPE, SIG_IGN));  // a closed standard error must not end the run
  try {
    const Comparison comparison = compare_models(options, signals);
    std::cout << (options.json ? json_text(comparison) : text_of(comparison, cli::output_width(), cli::has_colours()));
    return cli::kDone;
  } catch (const Interrupted& interrupted) {
    return cli::kEndedBySignal + interrupted.signal;
  }
}

}  // namespace

int run_compare(int argc, const char* const* argv) {
  return client::run_command("compare", argc, argv, [&] {
    const CompareOptions options = parse_compare_arguments(argc, argv);
    if (options.help) {
      std::cout << cli::help_text(compare_manual(), cli::output_width());
      return cli::kDone;
    }
    ensure_room(options);
    return run_all(options);
  });
}

}  // namespace threadecho::compare
