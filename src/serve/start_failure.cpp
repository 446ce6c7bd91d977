#include "serve/start_failure.h"

#include <cerrno>
#include <csignal>
#include <iostream>
#include <memory>
#include <sstream>

#include "cli/exit_status.h"
#include "config/settings_error.h"
#include "log/setup.h"
#include "net/listen.h"

namespace threadecho::serve {
namespace {

constexpr std::string_view kProgram = "threadecho: ";

int status_of(const std::exception& error) {
  if (dynamic_cast<const config::SettingsError*>(&error) != nullptr) {
    return cli::kWrongUsage;
  }
  return dynamic_cast<const net::BindError*>(&error) != nullptr ? cli::kCannotBind : cli::kFailed;
}

std::string text_of(const std::exception& error) {
  const auto* const system_error = dynamic_cast<const std::system_error*>(&error);
  return system_error == nullptr ? error.what() : error.what() + advice_for(system_error->code());
}

void write_text(const std::string& line) { std::cerr << kProgram << line << '\n'; }

void write_json(const std::string& line, int status) {
  static_cast<void>(std::signal(SIGPIPE, SIG_IGN));  // as the sink demands
  const auto sink = std::make_shared<log::StdoutSink>();
  log::make_logger(log::LogLevel::kError, log::LogFormat::kJson, sink)
      .error("cannot start", {{"error", line}, {"exit_status", status}});
  if (sink->dropped() > 0) {
    write_text(line);
  }
}

}  // namespace

std::string advice_for(const std::error_code& error) {
  if (error.category() != std::generic_category() && error.category() != std::system_category()) {
    return "";
  }
  switch (error.value()) {
    case EAGAIN:
      // pthread_create reports a lack of memory for the stack with this error, too.
      return "; a limit of tasks is reached: raise `ulimit -u`, pids.max of the cgroup (--pids-limit of docker, "
             "podPidsLimit of a kubelet) or kernel.threads-max; or there is no memory for the stack: raise the memory "
             "limit, or lower THREAD_STACK_SIZE or POOL_THREADS";
    case EPERM:
      return "; a seccomp profile that does not know clone3 does this: update the container runtime (Docker 20.10.10, "
             "libseccomp 2.5) or run with another profile (docker run --security-opt seccomp=unconfined)";
    case EMFILE:
      return "; the limit of descriptors is reached: raise `ulimit -n`";
    case ENFILE:
      return "; this host has no descriptor left: raise fs.file-max";
    case ENOMEM:
      return "; there is no memory for it: raise the memory limit, or lower THREAD_STACK_SIZE or POOL_THREADS";
    default:
      return "";
  }
}

int report_start_failure(const std::exception& error, log::LogFormat format) {
  const int status = status_of(error);
  report_start_failure(text_of(error), status, format);
  return status;
}

void report_start_failure(const std::string& text, int status, log::LogFormat format) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (format == log::LogFormat::kJson) {
      write_json(line, status);
    } else {
      write_text(line);
    }
  }
}

}  // namespace threadecho::serve
