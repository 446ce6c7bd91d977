#include "text/sizes.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <system_error>

#include "text/ascii.h"

namespace threadecho::text {
namespace {

struct SizeUnit {
  std::string_view name;
  std::uint64_t bytes;
};

// Biggest first, which format_size relies on.
constexpr std::array kSizeUnits{
    SizeUnit{"TiB", 1ULL << 40U},
    SizeUnit{"GiB", 1ULL << 30U},
    SizeUnit{"MiB", 1ULL << 20U},
    SizeUnit{"KiB", 1ULL << 10U},
    SizeUnit{"", 1},
};

constexpr std::string_view kNotASize =
    "not a size (whole bytes, or with k, M, G or T, powers of 1024: 4096, 64k, 64KiB)";

/// `k`, `kb` and `kib` all mean KiB, in any case.
bool is_suffix(std::string_view suffix, std::string_view unit) {
  const std::string given = lower(suffix);
  const std::string name = lower(unit);
  return given == name || (!name.empty() && (given == name.substr(0, 1) || given == name.substr(0, 1) + "b"));
}

}  // namespace

Parsed<std::uint64_t> parse_size(std::string_view text) {
  std::uint64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  const std::string_view suffix(end, static_cast<std::size_t>(text.data() + text.size() - end));
  const auto* unit =
      std::find_if(kSizeUnits.begin(), kSizeUnits.end(), [&](const SizeUnit& u) { return is_suffix(suffix, u.name); });
  if (error == std::errc::invalid_argument || unit == kSizeUnits.end()) {
    return Parsed<std::uint64_t>::bad(std::string(kNotASize));
  }
  if (error == std::errc::result_out_of_range || count > UINT64_MAX / unit->bytes) {
    return Parsed<std::uint64_t>::bad("too large for a size");
  }
  return Parsed<std::uint64_t>::good(count * unit->bytes);
}

std::string format_size(std::uint64_t bytes) {
  if (bytes == 0) {
    return "0";
  }
  const auto* unit =
      std::find_if(kSizeUnits.begin(), kSizeUnits.end(), [&](const SizeUnit& u) { return bytes % u.bytes == 0; });
  return std::to_string(bytes / unit->bytes).append(unit->name);
}

}  // namespace threadecho::text
