#include "host/thread_usage.h"

#include <fcntl.h>
#include <unistd.h>

#include <string_view>

#include "host/proc_text.h"
#include "net/fd.h"

namespace threadecho::host {
namespace {

using std::chrono::nanoseconds;

/// The text of one file of a thread; empty if there is none.
std::string_view read_file(const std::string& folder, const char* name, ProcText& buffer) {
  const net::Fd file(::open((folder + name).c_str(), O_RDONLY | O_CLOEXEC));
  return file ? read_proc_text(file.get(), buffer) : std::string_view();
}

/// `text` after its next `count` spaces.
std::string_view after_spaces(std::string_view text, int count) {
  for (; count > 0; --count) {
    const auto space = text.find(' ');
    if (space == std::string_view::npos) {
      return {};
    }
    text.remove_prefix(space + 1);
  }
  return text;
}

nanoseconds ticks(std::uint64_t count) {
  return std::chrono::duration_cast<nanoseconds>(
      std::chrono::duration<double>(static_cast<double>(count) / static_cast<double>(::sysconf(_SC_CLK_TCK))));
}

/// proc(5): the name in parentheses, which may hold anything, then the state; user and system time are fields 14 and
/// 15.
bool read_stat(std::string_view stat, ThreadUsage& usage) {
  const auto name_begin = stat.find('(');
  const auto name_end = stat.rfind(')');
  if (name_begin == std::string_view::npos || name_end == std::string_view::npos) {
    return false;
  }
  usage.name = stat.substr(name_begin + 1, name_end - name_begin - 1);
  const std::string_view state = after_spaces(stat.substr(name_end), 1);
  usage.is_running = state.starts_with('R');
  const std::string_view user_time = after_spaces(state, 11);
  usage.cpu_time = ticks(number_after(user_time, "") + number_after(after_spaces(user_time, 1), ""));
  return true;
}

}  // namespace

std::optional<ThreadUsage> thread_usage(std::uint32_t thread_id) {
  const std::string folder = "/proc/self/task/" + std::to_string(thread_id) + "/";
  ProcText buffer{};
  ThreadUsage usage;
  if (!read_stat(read_file(folder, "stat", buffer), usage)) {
    return std::nullopt;
  }
  // Nanoseconds with a CPU and waiting for one; more exact than the ticks of stat, but a kernel may lack it.
  const std::string_view schedstat = read_file(folder, "schedstat", buffer);
  if (const auto cpu_time = number_after(schedstat, ""); cpu_time > 0) {
    usage.cpu_time = nanoseconds(cpu_time);
    usage.cpu_wait = nanoseconds(number_after(after_spaces(schedstat, 1), ""));
  }
  const std::string_view status = read_file(folder, "status", buffer);
  usage.voluntary_switches = number_after(status, "\nvoluntary_ctxt_switches:");
  usage.involuntary_switches = number_after(status, "\nnonvoluntary_ctxt_switches:");
  return usage;
}

}  // namespace threadecho::host
