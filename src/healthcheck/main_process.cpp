#include "healthcheck/main_process.h"

#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "cli/commands.h"
#include "config/serve_arguments.h"

namespace threadecho::healthcheck {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kServe = "serve";
constexpr std::string_view kHealthcheck = "healthcheck";

/// A link of procfs, such as /proc/1/exe, leads to the same file as that of this process. It can be followed only by
/// the same user, which a container's health check is.
bool is_same_as_own(const fs::path& process, const fs::path& proc, const char* link) {
  struct stat theirs {};
  struct stat own {};
  return ::stat((process / link).c_str(), &theirs) == 0 && ::stat((proc / "self" / link).c_str(), &own) == 0 &&
         theirs.st_dev == own.st_dev && theirs.st_ino == own.st_ino;
}

struct ProcessState {
  char state = 'Z';
  int parent = 0;
};

/// Of /proc/PID/stat, proc_pid_stat(5); nothing if the process has gone.
std::optional<ProcessState> state_of(const fs::path& process) {
  std::string line;
  std::ifstream file(process / "stat");
  if (!std::getline(file, line)) {
    return std::nullopt;
  }
  // The name before it stands in brackets, and may have brackets and spaces of its own.
  const std::size_t end_of_name = std::min(line.rfind(')'), line.size() - 1);
  std::istringstream fields(line.substr(end_of_name + 1));
  ProcessState result;
  fields >> result.state >> result.parent;
  return fields ? std::optional(result) : std::nullopt;
}

bool is_number(const std::string& name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) { return c >= '0' && c <= '9'; });
}

/// The only child of process 1, this process not counted; an empty path if there are none or several.
fs::path only_child_of_init(const fs::path& proc) {
  if (!state_of(proc / "1")) {
    return {};  // procfs hides other users' processes (hidepid), so that they cannot be counted
  }
  std::error_code error;
  const std::string self = fs::read_symlink(proc / "self", error).filename().string();
  fs::path only;
  for (fs::directory_iterator entry(proc, error), end; !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (!is_number(name) || name == self) {
      continue;
    }
    const auto state = state_of(entry->path());
    if (!state || state->parent != 1 || state->state == 'Z') {
      continue;
    }
    if (!only.empty()) {
      return {};
    }
    only = entry->path();
  }
  return error ? fs::path() : only;
}

/// The arguments end in NUL each.
std::vector<std::string> arguments_of(const fs::path& process) {
  std::vector<std::string> arguments;
  std::ifstream file(process / "cmdline", std::ios::binary);
  for (std::string argument; std::getline(file, argument, '\0');) {
    arguments.push_back(argument);
  }
  return arguments;
}

std::optional<MainProcess> understand(const std::vector<std::string>& arguments) {
  if (arguments.empty()) {
    return std::nullopt;
  }
  const std::string first = arguments.size() > 1 ? arguments[1] : "";
  if (first != kServe && cli::is_command(first)) {
    return first == kHealthcheck ? std::nullopt : std::optional(MainProcess{.command = first, .flags = {}});
  }
  std::vector<const char*> pointers;
  pointers.reserve(arguments.size());
  for (const std::string& argument : arguments) {
    pointers.push_back(argument.c_str());
  }
  auto serve = config::parse_serve_arguments(static_cast<int>(pointers.size()), pointers.data());
  if (serve.wants_help || serve.wants_version || !serve.mistake.empty()) {
    return std::nullopt;
  }
  return MainProcess{.command = std::string(kServe), .flags = std::move(serve.flags)};
}

}  // namespace

std::optional<MainProcess> main_process(const fs::path& proc) {
  fs::path process = proc / "1";
  if (!is_same_as_own(process, proc, "exe")) {
    process = only_child_of_init(proc);
  }
  // Another network namespace (`docker run --pid container:...`) has other ports.
  if (process.empty() || !is_same_as_own(process, proc, "exe") || !is_same_as_own(process, proc, "ns/net")) {
    return std::nullopt;
  }
  return understand(arguments_of(process));
}

}  // namespace threadecho::healthcheck
