#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace threadecho::load {

// Numbers as people read them.

/// Three digits that count: "870 ns", "12.3 us", "1.05 ms", "2.00 s".
std::string format_latency(std::chrono::nanoseconds latency);
/// Decimal units, as usual for networks: "512 B", "12.3 MB".
std::string format_bytes(double bytes);
/// With commas: "1,234,567".
std::string format_count(std::uint64_t count);
std::string format_decimal(double value, int decimals);

}  // namespace threadecho::load
