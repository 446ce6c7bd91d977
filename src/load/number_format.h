#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace threadecho::load {

// Numbers as people read them.

/// Three digits that count: "870 ns", "12.3 us", "1.05 ms", "2.00 s".
std::string format_latency(std::chrono::nanoseconds latency);
/// Decimal units, as usual for networks: "512 B", "12.3 MB".
std::string format_bytes(double bytes);
/// With commas: "1,234,567".
std::string format_count(std::uint64_t count);
/// "1 message", "1,234 messages".
std::string count_of(std::uint64_t count, std::string_view noun);

}  // namespace threadecho::load
