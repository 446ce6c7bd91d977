#include "host/pod.h"

#include <string_view>

namespace threadecho::host {

Pod pod_of(const Environment& environment) {
  const auto value_of = [&environment](std::string_view name) {
    const auto found = environment.find(name);
    return found == environment.end() ? std::string() : found->second;
  };
  return {.name = value_of("POD_NAME"), .name_space = value_of("POD_NAMESPACE"), .node = value_of("NODE_NAME")};
}

}  // namespace threadecho::host
