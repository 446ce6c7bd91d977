#include "metrics/memory_limit.h"

#include <algorithm>
#include <fstream>
#include <limits>
#include <string>
#include <string_view>

namespace threadecho::metrics {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kUnlimited = std::numeric_limits<std::uint64_t>::max();
constexpr std::uint64_t kKibibyte = 1024;

/// The least number that `name` holds in the cgroup `path` and its parents, up to and with `mount`. "max" is no number.
std::uint64_t least_limit(const fs::path& mount, std::string_view path, std::string_view name) {
  std::uint64_t least = kUnlimited;
  for (fs::path group = fs::path(path).relative_path();; group = group.parent_path()) {
    std::ifstream file(mount / group / name);
    if (std::uint64_t limit = 0; file >> limit) {
      least = std::min(least, limit);
    }
    if (group.empty()) {
      return least;
    }
  }
}

std::uint64_t cgroup_limit(const fs::path& root) {
  const fs::path mount = root / "sys/fs/cgroup";
  std::uint64_t least = kUnlimited;
  std::ifstream groups(root / "proc/self/cgroup");
  // Lines of "hierarchy:controllers:path", cgroups(7); version 2 has no controllers.
  std::string hierarchy;
  std::string controllers;
  std::string path;
  while (std::getline(groups, hierarchy, ':') && std::getline(groups, controllers, ':') && std::getline(groups, path)) {
    if (controllers.empty()) {
      least = std::min(least, least_limit(mount, path, "memory.max"));
    } else if (controllers == "memory") {
      least = std::min(least, least_limit(mount / "memory", path, "memory.limit_in_bytes"));
    }
  }
  return least;
}

std::uint64_t machine_memory(const fs::path& root) {
  std::ifstream file(root / "proc/meminfo");
  std::string name;
  std::uint64_t kibibytes = 0;
  return file >> name >> kibibytes && name == "MemTotal:" ? kibibytes * kKibibyte : kUnlimited;
}

}  // namespace

std::uint64_t memory_limit_bytes(const fs::path& root) {
  const std::uint64_t least = std::min(cgroup_limit(root), machine_memory(root));
  return least == kUnlimited ? 0 : least;
}

}  // namespace threadecho::metrics
