#include "support/server_process.h"

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <system_error>

#include "host/exec_strings.h"
#include "support/http_client.h"
#include "support/test_client.h"

namespace threadecho::test {
namespace {

namespace fs = std::filesystem;

constexpr unsigned kNobody = 65534;

std::string read_file(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

std::string variable(std::string_view name, std::string_view value) {
  return std::string(name).append("=").append(value);
}

/// Root becomes the user nobody; other users are unprivileged already.
bool become_nobody() { return ::getuid() != 0 || (::setgid(kNobody) == 0 && ::setuid(kNobody) == 0); }

/// A seccomp filter: this system call fails with `error_number`, all else works. Without an error it does nothing.
bool fail_call(unsigned number, int error_number) {
  std::array filter = {
      sock_filter BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1),
      sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | static_cast<unsigned>(error_number)),
      sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog program{.len = filter.size(), .filter = filter.data()};
  return error_number == 0 ||
         (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0);
}

/// Higher than any descriptor that a test has open.
constexpr int kHighDescriptor = 1000;

/// Descriptors from 3 on, with the variables that tell this process of them. For a child, which has its own number.
class PassedOn {
 public:
  explicit PassedOn(std::size_t count) : count_("LISTEN_FDS=" + std::to_string(count)), process_(32, '\0') {}

  void append_to(std::vector<char*>& environment) {
    environment.insert(environment.end() - 1, {count_.data(), process_.data()});
  }
  /// Between fork and exec: allocates nothing.
  bool pass(const std::vector<int>& descriptors) {
    static_cast<void>(std::snprintf(process_.data(), process_.size(), "LISTEN_PID=%d", ::getpid()));
    bool done = true;
    for (std::size_t i = 0; i < descriptors.size(); ++i) {
      done = done && ::dup3(descriptors[i], kHighDescriptor + static_cast<int>(i), O_CLOEXEC) > 0;
    }
    for (int i = 0; i < static_cast<int>(descriptors.size()); ++i) {
      done = done && ::dup2(kHighDescriptor + i, STDERR_FILENO + 1 + i) > 0;
    }
    return done;
  }

 private:
  std::string count_;
  std::string process_;
};

int status_of(int wait_status) {
  return WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : 128 + WTERMSIG(wait_status);
}

/// The position of the log line that says that a server, or a watcher, has started.
std::size_t beginning_of_service(const std::string& output) {
  return std::min(output.find("serving"), output.find("watching"));
}

}  // namespace

TemporaryDirectory::TemporaryDirectory() {
  std::string pattern = fs::temp_directory_path() / "threadecho-XXXXXX";
  if (::mkdtemp(pattern.data()) == nullptr) {
    throw std::system_error(errno, std::generic_category(), "mkdtemp");
  }
  path_ = pattern;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

fs::path TemporaryDirectory::write(std::string_view name, std::string_view text) const {
  fs::path path = path_ / name;
  fs::create_directories(path.parent_path());
  std::ofstream(path) << text;
  return path;
}

ServerProcess::ServerProcess(const Setup& setup) : unprivileged_(setup.unprivileged) {
  if (!setup.env_file.empty()) {
    directory_.write(".env", setup.env_file);
  }
  std::vector<std::string> arguments = {setup.program};
  arguments.insert(arguments.end(), setup.arguments.begin(), setup.arguments.end());
  std::vector<std::string> environment;
  if (setup.free_ports) {
    environment = {"PORT=0", "HTTP_PORT=0"};
  }
  for (const auto& [name, value] : setup.environment) {
    environment.push_back(variable(name, value));
  }
  for (const char* name : {"ASAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS"}) {  // keeps the set-up of sanitizers
    if (const char* value = ::getenv(name)) {  // NOLINT(concurrency-mt-unsafe): no thread changes it
      environment.push_back(variable(name, value));
    }
  }
  const std::vector<char*> argv = host::exec_strings(arguments);
  std::vector<char*> envp = host::exec_strings(environment);
  PassedOn passed(setup.passed.size());
  if (!setup.passed.empty()) {
    passed.append_to(envp);
  }
  const std::string directory = directory_.path();

  if (setup.unprivileged) {
    fs::permissions(directory, fs::perms::others_read | fs::perms::others_exec, fs::perm_options::add);
  }
  const int opened = ::open(setup.program.c_str(), O_RDONLY | O_CLOEXEC);  // the user nobody may not see the path to it
  const int program = ::fcntl(opened, F_DUPFD_CLOEXEC, kHighDescriptor / 2);
  ::close(opened);
  pid_ = ::fork();
  if (pid_ < 0) {
    throw std::system_error(errno, std::generic_category(), "fork");
  }
  if (pid_ == 0) {
    if (::chdir(directory.c_str()) == 0) {
      ::dup2(::open(setup.output.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600), STDOUT_FILENO);
      ::dup2(::open("errors", O_WRONLY | O_CREAT | O_APPEND, 0600), STDERR_FILENO);
      for (const int fd : setup.closed) {
        ::close(fd);
      }
      static_cast<void>(std::signal(SIGHUP, setup.ignores_hangup ? SIG_IGN : SIG_DFL));
      // fexecve, which is execveat, still works.
      if ((!setup.descriptors || ::setrlimit(RLIMIT_NOFILE, &*setup.descriptors) == 0) &&
          (!setup.unprivileged || become_nobody()) && (setup.passed.empty() || passed.pass(setup.passed)) &&
          fail_call(SYS_clone3, setup.clone3_error) && fail_call(SYS_execve, setup.execve_error)) {
        ::fexecve(program, argv.data(), envp.data());
      }
    }
    ::_exit(127);
  }
  ::close(program);
}

ServerProcess::~ServerProcess() {
  if (!has_ended()) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
}

void ServerProcess::wait_until_serving() {
  const bool serving = eventually([&] { return has_ended() || beginning_of_service(output()) != std::string::npos; });
  if (!serving || has_ended()) {
    throw std::runtime_error("the server does not serve; standard output:\n" + output() + "standard error:\n" +
                             errors());
  }
}

net::Endpoint ServerProcess::echo(std::string_view address) const {
  return net::Endpoint::parse(std::string(address), port_of("echo=")).value();
}

std::uint16_t ServerProcess::port_of(std::string_view key) const {
  const std::string text = output();
  const auto begin = text.find(key, beginning_of_service(text)) + key.size();
  const std::string address = text.substr(begin, text.find(' ', begin) - begin);
  return static_cast<std::uint16_t>(std::stoul(address.substr(address.rfind(':') + 1)));
}

std::string ServerProcess::get(std::string_view path) const {
  const HttpAnswer answer = http_get(http_port(), path);
  if (answer.status != 200) {
    throw std::runtime_error(std::string(path) + ": " + std::to_string(answer.status) + ' ' + answer.body);
  }
  return answer.body;
}

double ServerProcess::metric(std::string_view series) const {
  std::istringstream lines(get("/metrics"));
  const std::string start = std::string(series) + ' ';
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(start)) {
      return std::stod(line.substr(start.size()));
    }
  }
  throw std::runtime_error("no series " + std::string(series));
}

void ServerProcess::signal(int number) const { ::kill(pid_, number); }

void ServerProcess::limit_tasks(std::optional<rlim_t> limit) const {
  const pid_t child = ::fork();  // prlimit(2) wants the same user as the process has
  if (child == 0) {
    rlimit tasks{};
    bool done = (!unprivileged_ || become_nobody()) && ::prlimit(pid_, RLIMIT_NPROC, nullptr, &tasks) == 0;
    tasks.rlim_cur = limit.value_or(tasks.rlim_max);
    done = done && ::prlimit(pid_, RLIMIT_NPROC, &tasks, nullptr) == 0;
    ::_exit(done ? 0 : 1);
  }
  int wait_status = 0;
  if (child < 0 || ::waitpid(child, &wait_status, 0) != child || status_of(wait_status) != 0) {
    throw std::runtime_error("cannot limit the tasks of the server");
  }
}

bool ServerProcess::has_ended() {
  int wait_status = 0;
  if (!status_ && ::waitpid(pid_, &wait_status, WNOHANG) == pid_) {
    status_ = status_of(wait_status);
  }
  return status_.has_value();
}

int ServerProcess::wait() {
  if (!eventually([&] { return has_ended(); })) {
    throw std::runtime_error("the server does not end; standard output:\n" + output());
  }
  return *status_;
}

std::string ServerProcess::output() const { return read_file(directory_.path() / "output"); }

std::string ServerProcess::errors() const { return read_file(directory_.path() / "errors"); }

EndedProgram run_program(std::vector<std::string> arguments) {
  ServerProcess process({.arguments = std::move(arguments), .environment = {}, .env_file = {}, .free_ports = false});
  const int status = process.wait();
  return {status, process.output(), process.errors()};
}

}  // namespace threadecho::test
