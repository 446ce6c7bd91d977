#pragma once

#include <string>

#include "host/environment.h"

namespace threadecho::host {

/// Where in Kubernetes this process runs: the manifests set these variables through the downward API. They are not
/// settings: nothing depends on them, and they come from the environment alone.
struct Pod {
  std::string name;        ///< POD_NAME; all are empty outside of Kubernetes
  std::string name_space;  ///< POD_NAMESPACE
  std::string node;        ///< NODE_NAME

  [[nodiscard]] bool is_known() const { return !name.empty() || !name_space.empty() || !node.empty(); }
};

Pod pod_of(const Environment& environment);

}  // namespace threadecho::host
