#include "echo/limits.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <utility>

#include "config/settings.h"
#include "host/cgroup_limit.h"

namespace threadecho::echo {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kUnlimited = host::kNoCgroupLimit;
constexpr std::uint64_t kMostRefusedClients = 256;
constexpr std::uint64_t kMappingsPerThread = 2;  // a stack and its guard page

std::uint64_t less(std::uint64_t value, std::uint64_t reserve) { return value > reserve ? value - reserve : 0; }

/// The number a file of the kernel starts with; nothing when it is absent or says "max".
std::optional<std::uint64_t> read_number(const fs::path& path) {
  std::ifstream file(path);
  std::uint64_t number = 0;
  if (file >> number) {
    return number;
  }
  return std::nullopt;
}

std::uint64_t soft_limit(__rlimit_resource resource) {
  rlimit limit{};
  if (::getrlimit(resource, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) {
    return kUnlimited;
  }
  return limit.rlim_cur;
}

/// RLIMIT_NPROC does not bind root, setrlimit(2). Root of a user namespace is another user outside it,
/// user_namespaces(7).
bool is_root_of_the_host(const fs::path& root) {
  std::ifstream map(root / "proc/self/uid_map");
  std::uint64_t inside = 0;
  std::uint64_t outside = 0;
  map >> inside >> outside;
  return ::geteuid() == 0 && inside == 0 && outside == 0;
}

void add_thread_limits(std::vector<HostLimit>& limits, const fs::path& root) {
  const auto add_tasks = [&limits](std::string name, std::uint64_t value) {
    if (value != kUnlimited) {
      limits.push_back({std::move(name), value, less(value, kReservedTasks)});
    }
  };
  add_tasks("cgroup pids.max", host::least_cgroup_limit(host::kPidsLimit, root));
  if (!is_root_of_the_host(root)) {
    add_tasks("RLIMIT_NPROC", soft_limit(RLIMIT_NPROC));
  }
  const fs::path sysctl = root / "proc/sys";
  add_tasks("kernel.threads-max", read_number(sysctl / "kernel/threads-max").value_or(kUnlimited));
  add_tasks("kernel.pid_max", read_number(sysctl / "kernel/pid_max").value_or(kUnlimited));
  if (const auto mappings = read_number(sysctl / "vm/max_map_count")) {
    limits.push_back({"vm.max_map_count", *mappings, less(*mappings, kReservedMappings) / kMappingsPerThread});
  }
}

/// Those that the thread model keeps while the server runs.
std::uint64_t epoll_sets(const config::Settings& settings) {
  switch (settings.thread_model) {
    case config::ThreadModel::kPool:
      return settings.pool_threads;
    case config::ThreadModel::kBlockingPool:
      return 1;
    case config::ThreadModel::kPerConnection:
      break;
  }
  return 0;
}

}  // namespace

std::string EffectiveLimit::explanation() const {
  std::ostringstream text;
  text.imbue(std::locale::classic());
  for (const HostLimit& limit : host) {
    text << (text.tellp() > 0 ? ", " : "") << limit.name << ' ';
    if (limit.value == kUnlimited) {
      text << "unlimited";
    } else {
      text << limit.value << " leaves " << limit.connections;
    }
  }
  return text.str();
}

void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
  }
}

EffectiveLimit effective_limit(const config::Settings& settings, std::uint64_t descriptors_of_others,
                               const fs::path& root) {
  EffectiveLimit limit;
  const std::uint64_t taken = descriptors_of_others + epoll_sets(settings) * kDescriptorsPerEpollSet;
  const std::uint64_t descriptors = soft_limit(RLIMIT_NOFILE);
  limit.host.push_back({"RLIMIT_NOFILE", descriptors, less(descriptors, kReservedDescriptors + taken)});
  if (settings.thread_model == config::ThreadModel::kPerConnection) {
    add_thread_limits(limit.host, root);
  }

  std::uint64_t least = settings.max_connections;
  for (const HostLimit& host : limit.host) {
    least = std::min(least, host.connections);
  }
  if (least == 0) {
    throw std::runtime_error("the limits of this host leave no room for a connection: " + limit.explanation() +
                             "; raise those that leave 0 (for descriptors `ulimit -n`, for tasks `ulimit -u`)");
  }
  limit.connections = static_cast<std::uint32_t>(least);
  limit.refused_clients = static_cast<std::uint32_t>(std::clamp(
      less(descriptors, kOwnDescriptors + taken + least), kReservedDescriptors - kOwnDescriptors, kMostRefusedClients));
  limit.spare_descriptors = less(descriptors, kOwnDescriptors + taken + least + limit.refused_clients);
  return limit;
}

}  // namespace threadecho::echo
