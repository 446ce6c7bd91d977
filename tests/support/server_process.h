#pragma once

#include <sys/resource.h>
#include <sys/types.h>

#include <csignal>
#include <filesystem>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/endpoint.h"

namespace threadecho::test {

/// A directory that the destructor removes with all its files.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
  /// Writes a file there, creates its parent directories, and returns its path.
  std::filesystem::path write(std::string_view name, std::string_view text) const;

 private:
  std::filesystem::path path_;
};

/// The real program, run as a user would: arguments, an environment of nothing but `environment`, a working directory
/// of its own. The destructor kills it if it still runs.
class ServerProcess {
 public:
  struct Setup {
    std::vector<std::string> arguments = {};
    std::vector<std::pair<std::string, std::string>> environment = {};
    std::string env_file = {};      ///< contents of `.env` in the working directory; none when empty
    bool free_ports = true;         ///< adds PORT=0 and HTTP_PORT=0 to the environment
    std::vector<int> closed = {};   ///< descriptors that it is started without
    bool unprivileged = false;      ///< as the user nobody, if the test runs as root
    std::string output = "output";  ///< where standard output goes; output() reads only this one
    bool ignores_hangup = false;    ///< started as nohup(1) does
    int clone3_error = 0;           ///< an errno value: clone3, and so every new thread, fails with it
    int execve_error = 0;           ///< an errno value: the program can run no program
    std::string program = THREADECHO_BINARY;
    std::optional<rlimit> descriptors = {};  ///< RLIMIT_NOFILE
    std::vector<int> passed =
        {};  ///< descriptors passed on as sd_listen_fds(3) says; LISTEN_FDNAMES is not set by this
  };

  ServerProcess() : ServerProcess(Setup{}) {}
  explicit ServerProcess(const Setup& setup);
  ~ServerProcess();
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  [[nodiscard]] pid_t pid() const noexcept { return pid_; }
  /// Waits for the line that says it serves. Throws when the program ends before.
  void wait_until_serving();
  /// Addresses on loopback, once it serves.
  [[nodiscard]] net::Endpoint echo(std::string_view address = "127.0.0.1") const;
  [[nodiscard]] std::uint16_t http_port() const { return port_of("http="); }
  /// With PROXY_PORT and IDENTITY_PORT.
  [[nodiscard]] std::uint16_t proxy_port() const { return port_of("proxy="); }
  [[nodiscard]] std::uint16_t identity_port() const { return port_of("identity="); }
  /// The body of GET `path`; throws when the status is not 200.
  [[nodiscard]] std::string get(std::string_view path) const;
  /// The value of a series of /metrics, named as it stands there: `name` or `name{label="value"}`. Throws without one.
  [[nodiscard]] double metric(std::string_view series) const;

  void signal(int number) const;
  /// Sets the soft RLIMIT_NPROC of the running program, which counts all tasks of its user: 0 allows no new thread,
  /// nothing takes the limit away. Throws when that cannot be done.
  void limit_tasks(std::optional<rlim_t> limit) const;
  [[nodiscard]] bool has_exited() { return has_ended(); }
  /// Waits for the end and returns the exit status, or 128 + the number of the signal that killed it.
  int wait();

  [[nodiscard]] std::string output() const;  ///< standard output so far
  [[nodiscard]] std::string errors() const;  ///< standard error so far

 private:
  [[nodiscard]] bool has_ended();
  [[nodiscard]] std::uint16_t port_of(std::string_view key) const;

  TemporaryDirectory directory_;
  bool unprivileged_;
  pid_t pid_ = -1;
  std::optional<int> status_;
};

struct EndedProgram {
  int status = 0;  ///< or 128 + the number of the signal that killed it
  std::string output;
  std::string errors;
};

/// Runs the program with these arguments until it ends by itself.
EndedProgram run_program(std::vector<std::string> arguments);

}  // namespace threadecho::test
