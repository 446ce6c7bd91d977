#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <string_view>

namespace threadecho::host {

/// What a limit is called in cgroups(7).
struct CgroupLimit {
  std::string_view controller;  ///< of version 1: "pids"
  std::string_view file;        ///< in version 2: "pids.max"
  std::string_view file_of_v1;  ///< in version 1
};
inline constexpr CgroupLimit kPidsLimit{"pids", "pids.max", "pids.max"};
inline constexpr CgroupLimit kMemoryLimit{"memory", "memory.max", "memory.limit_in_bytes"};

inline constexpr std::uint64_t kNoCgroupLimit = std::numeric_limits<std::uint64_t>::max();

/// The smallest value of a limit from this process's cgroup up to the root, version 2 or 1; kNoCgroupLimit without one.
/// `root` stands for "/" and is there for tests.
std::uint64_t least_cgroup_limit(const CgroupLimit& limit, const std::filesystem::path& root);

}  // namespace threadecho::host
