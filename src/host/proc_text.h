#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace threadecho::host {

/// Room for one of the small files of /proc/PID.
using ProcText = std::array<char, 4096>;

/// The beginning of a file of /proc; empty if it cannot be read. Points into `buffer`.
std::string_view read_proc_text(int file, ProcText& buffer);

/// The number after `key` and white space; 0 if there is none.
std::uint64_t number_after(std::string_view text, std::string_view key);

}  // namespace threadecho::host
