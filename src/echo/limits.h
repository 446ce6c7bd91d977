#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace threadecho::config {
struct Settings;
}

namespace threadecho::echo {

/// Descriptors kept free of connections beside those of other services and of the pool's workers: listeners, wake-ups,
/// logs, and refused clients.
inline constexpr std::uint64_t kReservedDescriptors = 64;
/// Of those, what the process itself needs; refused clients may have the rest.
inline constexpr std::uint64_t kOwnDescriptors = 32;
/// What a worker of `pool` and the queue of `blocking-pool` have for themselves: an epoll set and a wake-up.
inline constexpr std::uint64_t kDescriptorsPerEpollSet = 2;
/// Threads kept free of connections: our own three, and those that are just ending.
inline constexpr std::uint64_t kReservedTasks = 32;
/// Memory mappings kept free of stacks: for libraries, heaps, and the C library's cache of stacks.
inline constexpr std::uint64_t kReservedMappings = 512;

/// One limit of this host, and how many connections it leaves room for.
struct HostLimit {
  std::string name;           ///< as an operator knows it: "RLIMIT_NOFILE", "cgroup pids.max", "kernel.pid_max", ...
  std::uint64_t value;        ///< as the host has it
  std::uint64_t connections;  ///< after the reserves
};

/// How many connections may be open at once, and the limits that it follows from.
struct EffectiveLimit {
  std::uint32_t connections = 0;        ///< the least of MAX_CONNECTIONS and `host`
  std::uint32_t refused_clients = 0;    ///< how many refused clients may be kept at a time
  std::uint64_t spare_descriptors = 0;  ///< left when all of these have theirs
  std::vector<HostLimit> host;
  /// "RLIMIT_NOFILE 1024 leaves 896, kernel.pid_max 32768 leaves 32736"
  [[nodiscard]] std::string explanation() const;
};

/// Raises the soft limit of descriptors to the hard one, for the whole process.
void raise_descriptor_limit();

/// Reads the host's limits, those that bind the thread model, and works out the effective one. `descriptors_of_others`
/// are left to the HTTP server and the service of IDENTITY_PORT.
/// `root` stands for "/" and is there for tests; resource limits are always this process's.
/// Throws std::runtime_error when there is room for no connection at all.
EffectiveLimit effective_limit(const config::Settings& settings, std::uint64_t descriptors_of_others,
                               const std::filesystem::path& root = "/");

}  // namespace threadecho::echo
