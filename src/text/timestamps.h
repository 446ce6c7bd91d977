#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "text/parsed.h"

namespace threadecho::text {

/// A moment of the wall clock, to the nanosecond.
using WallTime = std::chrono::time_point<std::chrono::system_clock, std::chrono::nanoseconds>;

/// RFC 3339 in UTC with milliseconds, as the server's log has it: "2026-11-27T14:30:05.123Z".
std::string format_timestamp(WallTime time);

/// Reads RFC 3339: "2026-11-27T14:30:05Z", with up to nine digits of a second, 'Z' or an offset such as +01:00. A space
/// for 'T' and small letters are allowed, as the RFC says. Years 1970 to 2261, which nanoseconds can hold.
Parsed<WallTime> parse_timestamp(std::string_view text);

}  // namespace threadecho::text
