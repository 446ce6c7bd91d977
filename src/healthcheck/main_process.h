#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>

namespace threadecho::healthcheck {

/// What the container's main process runs, when that is this program.
struct MainProcess {
  std::string command;                                    ///< "serve", "load", ...
  std::map<std::string, std::string, std::less<>> flags;  ///< of serve: settings by the variable's name
};

/// Looks for the main process of the PID namespace that this process runs in: process 1, or its only child where
/// process 1 is another program (`docker run --init`, a shell). It counts if it runs the same executable as this
/// process. Nothing if there is no such process, if its arguments cannot be understood, or if it is a health check.
/// Nothing either where process 1 has several children, as the init of a host does, or is a pod's
/// (shareProcessNamespace): which of several servers is meant cannot be known. `proc` is where procfs is.
std::optional<MainProcess> main_process(const std::filesystem::path& proc);

}  // namespace threadecho::healthcheck
