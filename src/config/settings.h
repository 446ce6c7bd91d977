#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "log/options.h"
#include "net/network.h"

namespace threadecho::config {

/// How echo work is spread over threads.
enum class ThreadModel { kPerConnection, kBlockingPool, kPool };

/// Linux scheduling policy of echo threads, see sched(7).
enum class SchedPolicy { kOther, kBatch };

/// CPUs that this process may run on, at least 1.
inline std::uint32_t number_of_cpus() { return std::max(1U, std::thread::hardware_concurrency()); }

/// Everything a user can set, parsed and in range. Only the table of settings_table.cpp has the name, flag, default and
/// check of each member. The initialisers below repeat its defaults, and a test compares them.
struct Settings {
  std::uint16_t port = 9000;                ///< 0: any free one
  std::uint16_t http_port = 8080;           ///< 0: any free one
  std::optional<std::uint16_t> proxy_port;  ///< nothing: off; 0: any free one
  std::string bind_address = "::";
  std::string http_bind_address = "::";         ///< as bind_address unless set
  std::vector<std::string> http_allowed_hosts;  ///< names in lower case; none: any host
  std::vector<net::Network> proxy_trusted;      ///< none: any peer
  std::optional<std::uint16_t> identity_port;   ///< nothing: off; 0: any free one
  ThreadModel thread_model = ThreadModel::kPerConnection;
  std::uint32_t pool_threads = number_of_cpus();  ///< threads of either pool, at least 1
  std::uint32_t max_connections = 10000;          ///< at least 1
  std::uint32_t max_connections_per_client = 0;   ///< 0: no limit
  std::size_t thread_stack_size = 128UL * 1024;   ///< bytes, without the guard page
  std::size_t buffer_size = 64UL * 1024;          ///< bytes
  std::size_t socket_buffer_size = 0;             ///< bytes; 0: as the system's
  int listen_backlog = 4096;
  SchedPolicy sched_policy = SchedPolicy::kOther;
  std::string congestion_control;                   ///< empty: as the system's
  std::chrono::milliseconds idle_timeout{0};        ///< 0: never
  std::chrono::milliseconds write_timeout{30'000};  ///< 0: never
  std::chrono::milliseconds max_connection_age{0};  ///< 0: no limit
  std::chrono::milliseconds tcp_keepalive{60'000};  ///< 0: off
  std::chrono::milliseconds drain_delay{0};
  std::chrono::milliseconds drain_timeout{8'000};  ///< 0: end open connections at once
  bool ready_during_drain_delay = false;
  bool faults = false;  ///< POST /faults works
  log::LogLevel log_level = log::LogLevel::kInfo;
  log::LogFormat log_format = log::LogFormat::kText;
  std::string env_file = ".env";
};

}  // namespace threadecho::config
