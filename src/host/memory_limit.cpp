#include "host/memory_limit.h"

#include <algorithm>
#include <fstream>
#include <string>

#include "host/cgroup_limit.h"

namespace threadecho::host {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kKibibyte = 1024;

std::uint64_t machine_memory(const fs::path& root) {
  std::ifstream file(root / "proc/meminfo");
  std::string name;
  std::uint64_t kibibytes = 0;
  return file >> name >> kibibytes && name == "MemTotal:" ? kibibytes * kKibibyte : host::kNoCgroupLimit;
}

}  // namespace

std::uint64_t memory_limit_bytes(const fs::path& root) {
  const std::uint64_t least = std::min(host::least_cgroup_limit(host::kMemoryLimit, root), machine_memory(root));
  return least == host::kNoCgroupLimit ? 0 : least;
}

}  // namespace threadecho::host
