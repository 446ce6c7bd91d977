#include "compare/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <string_view>
#include <system_error>
#include <utility>

#include "cli/exit_status.h"
#include "compare/interruption.h"
#include "config/settings_table.h"
#include "host/exec_strings.h"
#include "host/parent_process.h"

namespace threadecho::compare {
namespace {

constexpr int kCannotExecute = 127;
constexpr std::chrono::milliseconds kLookAgain{5};
// The same program even when its file has been replaced meanwhile.
constexpr const char* kThisProgram = "/proc/self/exe";

struct Pipe {
  net::Fd read_end;
  net::Fd write_end;
};

Pipe make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    throw std::system_error(errno, std::generic_category(), "pipe");
  }
  return {net::Fd(ends[0]), net::Fd(ends[1])};
}

/// Runs in the child, after fork. Writes to `errors` why it failed.
[[noreturn]] void execute(const std::vector<char*>& argv, const std::vector<char*>& envp, int output, int errors) {
  sigset_t none{};
  ::sigemptyset(&none);
  static_cast<void>(std::signal(SIGPIPE, SIG_DFL));
  const bool is_ready = ::setpgid(0, 0) == 0 && ::pthread_sigmask(SIG_SETMASK, &none, nullptr) == 0 &&
                        ::chdir("/proc") == 0 && ::dup2(::open("/dev/null", O_RDONLY), STDIN_FILENO) == STDIN_FILENO &&
                        ::dup2(output, STDOUT_FILENO) == STDOUT_FILENO &&
                        ::dup2(errors, STDERR_FILENO) == STDERR_FILENO;
  if (is_ready) {
    ::execve(kThisProgram, argv.data(), envp.data());
  }
  const std::string reason = std::generic_category().message(errno);
  ::dprintf(errors, "cannot run %s again: %s (compare needs /proc and /dev/null)\n", kThisProgram, reason.c_str());
  ::_exit(kCannotExecute);
}

/// Appends what can be read. Returns false at the end of the file.
bool append_some(int fd, std::string& text) {
  std::array<char, 65536> chunk;  // NOLINT(cppcoreguidelines-pro-type-member-init): read fills it
  const ssize_t got = ::read(fd, chunk.data(), chunk.size());
  if (got > 0) {
    text.append(chunk.data(), static_cast<std::size_t>(got));
  }
  return got > 0;
}

/// Removes the program's name: the parent's error message has it already.
std::string last_line_of(std::string_view text) {
  while (text.ends_with('\n')) {
    text.remove_suffix(1);
  }
  text.remove_prefix(text.rfind('\n') + 1);
  if (text.starts_with("threadecho")) {
    text.remove_prefix(std::min(text.find(": ") + 2, text.size()));
  }
  return std::string(text);
}

}  // namespace

host::Environment without_settings(host::Environment environment) {
  std::erase_if(environment, [](const auto& variable) {
    return config::find_setting(variable.first) != nullptr || variable.first == "NOTIFY_SOCKET";
  });
  return environment;
}

ChildProcess::ChildProcess(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "threadecho");
  std::vector<std::string> variables;
  for (const auto& [name, value] : without_settings(host::process_environment())) {
    variables.push_back(std::string(name).append("=").append(value));
  }
  variables.push_back(std::string(host::kParentVariable).append("=").append(std::to_string(::getpid())));
  const std::vector<char*> argv = host::exec_strings(arguments);
  const std::vector<char*> envp = host::exec_strings(variables);
  Pipe output = make_pipe();
  Pipe errors = make_pipe();
  pid_ = ::fork();
  if (pid_ < 0) {
    throw std::system_error(errno, std::generic_category(), "cannot start a process (fork)");
  }
  if (pid_ == 0) {
    execute(argv, envp, output.write_end.get(), errors.write_end.get());
  }
  output_ = std::move(output.read_end);
  errors_ = std::move(errors.read_end);
}

ChildProcess::~ChildProcess() {
  if (!status()) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
}

std::optional<std::string> ChildProcess::next_line(client::Deadline deadline, client::SignalFd& signals) {
  std::size_t end = std::string::npos;
  while ((end = unread_.find('\n')) == std::string::npos) {
    if (!wait_or_throw(output(), POLLIN, deadline, signals) || !append_some(output(), unread_)) {
      return std::nullopt;
    }
  }
  std::string line = unread_.substr(0, end);
  unread_.erase(0, end + 1);
  return line;
}

bool ChildProcess::ends_by(client::Deadline deadline, client::SignalFd& signals) {
  while (!status() && std::chrono::steady_clock::now() < deadline) {
    wait_or_throw(-1, 0, std::chrono::steady_clock::now() + kLookAgain, signals);
  }
  return status().has_value();
}

std::optional<int> ChildProcess::status() {
  int wait_status = 0;
  if (!status_ && ::waitpid(pid_, &wait_status, WNOHANG) == pid_) {
    status_ = WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : cli::kEndedBySignal + WTERMSIG(wait_status);
  }
  return status_;
}

std::string ChildProcess::last_words() {
  if (!status()) {
    return "it still runs";
  }
  std::string text;
  while (append_some(errors_.get(), text)) {
  }
  std::string line = last_line_of(text);
  if (!line.empty()) {
    return line;
  }
  return *status_ > cli::kEndedBySignal ? "it was ended by signal " + std::to_string(*status_ - cli::kEndedBySignal)
                                        : "it ended with exit status " + std::to_string(*status_);
}

}  // namespace threadecho::compare
