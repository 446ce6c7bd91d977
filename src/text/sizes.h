#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "text/parsed.h"

namespace threadecho::text {

/// A number of bytes: plain (`4096`), or with KiB, MiB or GiB (`64KiB`). Whole numbers only, at most 2^64 - 1 bytes.
/// `64k`, `64K`, `64kb` and `64KB` mean 64KiB: k is always 1024.
Parsed<std::uint64_t> parse_size(std::string_view text);

/// With the biggest unit that leaves a whole number: `64KiB`, `1MiB`, `1000`. parse_size reads it back.
std::string format_size(std::uint64_t bytes);

}  // namespace threadecho::text
