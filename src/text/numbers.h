#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace threadecho::text {

// Numbers as people read them.

/// Three significant digits: "870 ns", "12.3 us", "1.05 ms", "2.00 s".
std::string format_latency(std::chrono::nanoseconds latency);
/// Decimal units, as usual for networks: "512 B", "12.3 MB". Below 10 B it has decimals, so that a rate is not shown as
/// 0.
std::string format_bytes(double bytes);
/// With commas: "1,234,567".
std::string format_count(std::uint64_t count);
/// A count per second. Small ones keep two significant digits: "0.0033", "0.50", "12.3", "1,234"; "0" is exactly 0.
std::string format_rate(double per_second);
/// "1 message", "1,234 messages".
std::string count_of(std::uint64_t count, std::string_view noun);

}  // namespace threadecho::text
