#include "host/proc_text.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>

namespace threadecho::host {

std::string_view read_proc_text(int file, ProcText& buffer) {
  const ssize_t length = ::pread(file, buffer.data(), buffer.size(), 0);
  return {buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(length, 0))};
}

std::uint64_t number_after(std::string_view text, std::string_view key) {
  const auto at = text.find(key);
  if (at == std::string_view::npos) {
    return 0;
  }
  text.remove_prefix(at + key.size());
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
  std::uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

}  // namespace threadecho::host
