#include "host/cgroup_limit.h"

#include <algorithm>
#include <fstream>
#include <string>

namespace threadecho::host {
namespace {

namespace fs = std::filesystem;

/// The least number that `file` holds in the cgroup `path` and its parents, up to and with `mount`. "max" is no number.
std::uint64_t least_in(const fs::path& mount, const std::string& path, std::string_view file) {
  std::uint64_t least = kNoCgroupLimit;
  for (fs::path group = fs::path(path).relative_path();; group = group.parent_path()) {
    std::ifstream stream(mount / group / file);
    if (std::uint64_t limit = 0; stream >> limit) {
      least = std::min(least, limit);
    }
    if (group.empty()) {
      return least;
    }
  }
}

}  // namespace

std::uint64_t least_cgroup_limit(const CgroupLimit& limit, const fs::path& root) {
  const fs::path mount = root / "sys/fs/cgroup";
  const std::string wanted = ',' + std::string(limit.controller) + ',';
  std::uint64_t least = kNoCgroupLimit;
  std::ifstream groups(root / "proc/self/cgroup");
  // Lines of "hierarchy:controllers:path", cgroups(7); version 2 has no controllers.
  std::string hierarchy;
  std::string controllers;
  std::string path;
  while (std::getline(groups, hierarchy, ':') && std::getline(groups, controllers, ':') && std::getline(groups, path)) {
    if (controllers.empty()) {
      least = std::min({least, least_in(mount, path, limit.file), least_in(mount / "unified", path, limit.file)});
    } else if ((',' + controllers + ',').find(wanted) != std::string::npos) {
      least = std::min(least, least_in(mount / limit.controller, path, limit.file_of_v1));
    }
  }
  return least;
}

}  // namespace threadecho::host
