#pragma once

#include <cstdint>
#include <filesystem>

namespace threadecho::host {

/// How many bytes of memory this process may use before the kernel ends it: the least memory.max from its cgroup up to
/// the root, version 2 or 1, and never more than the machine has. 0 when neither can be read. `root` stands for "/" and
/// is there for tests.
std::uint64_t memory_limit_bytes(const std::filesystem::path& root = "/");

}  // namespace threadecho::host
