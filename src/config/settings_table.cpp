#include "config/settings_table.h"

#include <algorithm>
#include <chrono>
#include <iterator>

#include "text/ascii.h"

namespace threadecho::config {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

using cli::choice;
using cli::duration_or_off;
using cli::number;

constexpr std::uint64_t kKiB = 1024;
constexpr std::uint64_t kGiB = kKiB * 1024 * 1024;
constexpr std::uint64_t kMaxPort = 65535;
// Linux cannot have more threads than pid_max, which is at most 4194304.
constexpr std::uint64_t kMaxConnections = 4'194'304;
constexpr std::uint64_t kMaxPoolThreads = 1024;
constexpr hours kDay{24};
constexpr hours kYear = 365 * kDay;

std::vector<SettingRow> listeners() {
  return {
      {"PORT", "9000", "", "port of the echo service; 0 takes any free one, which the log names",
       member(&Settings::port, number<std::uint16_t>(0, kMaxPort))},
      {"BIND_ADDRESS", "::", "", ":: serves IPv4 and IPv6, and falls back to 0.0.0.0 on a host without IPv6",
       member(&Settings::bind_address, address())},
      {"HTTP_PORT", "8080", "", "port of metrics, health and status; 0 takes any free one, which the log names",
       member(&Settings::http_port, number<std::uint16_t>(0, kMaxPort))},
      {"HTTP_BIND_ADDRESS", "", "as BIND_ADDRESS", "address of metrics, health and status",
       member(&Settings::http_bind_address, address())},
      {"HTTP_ALLOWED_HOSTS", "", "any", "hosts that HTTP requests may be for, against DNS rebinding; others get 421",
       member(&Settings::http_allowed_hosts, host_names())},
      {"PROXY_PORT", "off", "", "port of the echo service for load balancers that send a PROXY header, v1 or v2",
       member(&Settings::proxy_port, port_or_off())},
      {"PROXY_TRUSTED", "", "any", "networks that may connect to PROXY_PORT; others are refused",
       member(&Settings::proxy_trusted, networks())},
      {"IDENTITY_PORT", "off", "", "port that answers each connection with one line of JSON about this server",
       member(&Settings::identity_port, port_or_off())},
  };
}

std::vector<SettingRow> threads() {
  return {
      {"THREAD_MODEL", "per-connection", "",
       "per-connection: a thread for each client; blocking-pool: a fixed number of threads, each serves one client at "
       "a "
       "time; pool: a fixed number of threads for all",
       member(&Settings::thread_model, choice<ThreadModel>({{"per-connection", ThreadModel::kPerConnection},
                                                            {"blocking-pool", ThreadModel::kBlockingPool},
                                                            {"pool", ThreadModel::kPool}}))},
      {"POOL_THREADS", "", "number of CPUs", "threads of the models blocking-pool and pool",
       member(&Settings::pool_threads, number<std::uint32_t>(1, kMaxPoolThreads))},
      {"MAX_CONNECTIONS", "10000", "",
       "open connections above which clients are refused; limits of the system may be lower",
       member(&Settings::max_connections, number<std::uint32_t>(1, kMaxConnections))},
      {"MAX_CONNECTIONS_PER_CLIENT", "0", "",
       "open connections from one peer address above which new ones are refused; 0 = no limit",
       member(&Settings::max_connections_per_client, number<std::uint32_t>(0, kMaxConnections))},
      {"THREAD_STACK_SIZE", "128KiB", "", "stack of an echo thread, without its guard page",
       member(&Settings::thread_stack_size, stack_size(64 * kKiB, kGiB, least_stack_size()))},
      {"BUFFER_SIZE", "64KiB", "", "most bytes that one recv takes; at most THREAD_STACK_SIZE less 48KiB",
       member(&Settings::buffer_size, cli::size(1, kGiB))},
  };
}

std::vector<SettingRow> sockets() {
  return {
      {"SOCKET_BUFFER_SIZE", "", "as the system's",
       "kernel buffers of an echo socket; bounds what a client that never reads can hold",
       member(&Settings::socket_buffer_size, cli::size(4 * kKiB, kGiB, true))},
      {"LISTEN_BACKLOG", "4096", "", "clients that may wait to be accepted; capped by net.core.somaxconn",
       member(&Settings::listen_backlog, number<int>(1, kMaxPort))},
      {"SCHED_POLICY", "other", "",
       "batch: run echo threads under SCHED_BATCH, so that they do not preempt other tasks",
       member(&Settings::sched_policy,
              choice<SchedPolicy>({{"other", SchedPolicy::kOther}, {"batch", SchedPolicy::kBatch}}))},
      {"CONGESTION_CONTROL", "", "as the system's", "TCP congestion control of echo sockets",
       member(&Settings::congestion_control, congestion_control())},
  };
}

std::vector<SettingRow> timeouts() {
  return {
      {"IDLE_TIMEOUT", "0s", "", "close a connection after this long without data; 0s = never",
       member(&Settings::idle_timeout, duration_or_off(milliseconds{1}, kYear))},
      {"WRITE_TIMEOUT", "30s", "", "close a connection if its peer acknowledges nothing for this long; 0s = never",
       // Maximum: TCP_USER_TIMEOUT, derived from it, is an int of milliseconds. Minimum: a quarter is a socket timeout.
       member(&Settings::write_timeout, duration_or_off(milliseconds{100}, 24 * kDay))},
      {"MAX_CONNECTION_AGE", "0s", "", "end a connection at this age, up to 10 % sooner; 0s = no limit",
       member(&Settings::max_connection_age, duration_or_off(milliseconds{1}, kYear))},
      {"TCP_KEEPALIVE", "60s", "", "send the first probe to a silent peer after this long; 0s = no probes",
       // TCP_KEEPIDLE takes 1 to 32767 whole seconds, see tcp(7).
       member(&Settings::tcp_keepalive, duration_or_off(seconds{1}, hours{9}, seconds{1}))},
      {"DRAIN_DELAY", "0s", "", "after SIGTERM: stay not ready, but accepting, for this long",
       member(&Settings::drain_delay, duration_or_off(milliseconds{1}, kDay))},
      {"READY_DURING_DRAIN_DELAY", "off", "",
       "on: /readyz stays 200 until accepting stops; for Kubernetes, which marks a stopping pod unready by itself",
       member(&Settings::ready_during_drain_delay, choice<bool>({{"off", false}, {"on", true}}))},
      {"DRAIN_TIMEOUT", "8s", "",
       "after DRAIN_DELAY: stop accepting, and let open connections finish for this long; 0s = end them now",
       member(&Settings::drain_timeout, duration_or_off(milliseconds{1}, kDay))},
  };
}

std::vector<SettingRow> faults_logs_and_files() {
  return {
      {"FAULTS", "off", "", "on: POST /faults makes the server misbehave on demand, for tests of clients and alerts",
       member(&Settings::faults, choice<bool>({{"off", false}, {"on", true}}))},
      {"LOG_LEVEL", "info", "", "least level to log; connections log at info, each echo at trace",
       member(&Settings::log_level, log_level())},
      {"LOG_FORMAT", "text", "", "text, or json with one object a line", member(&Settings::log_format, log_format())},
      {"ENV_FILE", ".env", "", "file with variables for this program; must exist if its name is given",
       member(&Settings::env_file, cli::path())},
  };
}

std::vector<SettingRow> all_settings() {
  std::vector<SettingRow> table = listeners();
  for (auto part : {threads(), sockets(), timeouts(), faults_logs_and_files()}) {
    std::move(part.begin(), part.end(), std::back_inserter(table));
  }
  return table;
}

}  // namespace

const std::vector<SettingRow>& settings_table() {
  static const std::vector<SettingRow> table = all_settings();
  return table;
}

const SettingRow* find_setting(std::string_view name) {
  const auto& table = settings_table();
  const auto found = std::find_if(table.begin(), table.end(), [&](const SettingRow& row) { return row.name == name; });
  return found == table.end() ? nullptr : &*found;
}

std::string flag_of(std::string_view name) {
  std::string flag = "--" + text::lower(name);
  std::replace(flag.begin(), flag.end(), '_', '-');
  return flag;
}

}  // namespace threadecho::config
