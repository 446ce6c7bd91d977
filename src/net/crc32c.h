#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace threadecho::net {

/// The CRC32c of RFC 4960, appendix B. Continues from `crc`, which is the CRC32c of what came before.
std::uint32_t crc32c(std::span<const std::byte> bytes, std::uint32_t crc = 0) noexcept;

}  // namespace threadecho::net
