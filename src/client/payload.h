#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace threadecho::client {

/// The endless stream of bytes that a connection sends, and must get back. Each word of 8 bytes encodes the
/// connection's number and the word's place, mixed so that neighbouring words and connections differ in every byte:
/// bytes that went missing, came twice, or belong to another connection tell where they are from. A value, made from
/// nothing but the number; bytes are computed when needed, so a connection needs no buffer.
class Payload {
 public:
  static constexpr std::size_t kWordSize = 8;
  static constexpr std::uint32_t kMaxConnections = 1U << 24U;

  /// Where a word of some payload stands.
  struct Origin {
    std::uint32_t connection = 0;
    std::uint64_t offset = 0;  ///< in that connection's stream, a multiple of kWordSize
    bool operator==(const Origin&) const = default;
  };

  /// `connection` is below kMaxConnections.
  explicit Payload(std::uint32_t connection) noexcept : connection_(connection) {}

  [[nodiscard]] std::uint32_t connection() const noexcept { return connection_; }
  /// Writes the bytes of the stream from `offset` on.
  void fill(std::uint64_t offset, std::span<std::byte> out) const noexcept;
  /// The index of the first byte that is not the stream's at `offset`; bytes.size() when all are right.
  [[nodiscard]] std::size_t first_mismatch(std::uint64_t offset, std::span<const std::byte> bytes) const noexcept;
  [[nodiscard]] std::byte at(std::uint64_t offset) const noexcept;

  /// Decodes these 8 bytes as a word. Any 8 bytes decode to a word of some connection: the caller judges whether that
  /// connection exists.
  static Origin origin_of(std::span<const std::byte, kWordSize> bytes) noexcept;

 private:
  std::uint32_t connection_;
};

}  // namespace threadecho::client
