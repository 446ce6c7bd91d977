#include "client/payload.h"

#include <array>
#include <cstring>

namespace threadecho::client {
namespace {

constexpr unsigned kConnectionBits = 24;
constexpr std::uint64_t kFactor = 0x9E3779B97F4A7C15U;  // odd, so it has an inverse modulo 2^64
constexpr std::uint64_t kSalt = 0xD1B54A32D192ED03U;    // connection 0 does not begin with zeros
// From one word to the next before it is mixed.
constexpr std::uint64_t kStep = kFactor << kConnectionBits;
constexpr std::size_t kWordsAtOnce = 8;

constexpr std::uint64_t inverse_of(std::uint64_t odd) {
  std::uint64_t inverse = odd;  // right in the lowest 3 bits; Newton's step doubles that
  for (int i = 0; i < 5; ++i) {
    inverse *= 2 - odd * inverse;
  }
  return inverse;
}
constexpr std::uint64_t kInverse = inverse_of(kFactor);
static_assert(kFactor * kInverse == 1);

std::uint64_t unmixed(std::uint32_t connection, std::uint64_t word) {
  return kSalt + ((word << kConnectionBits) | connection) * kFactor;
}

// Brings the high bits, where the place is, down to the low ones. Its own inverse.
std::uint64_t mix(std::uint64_t value) { return value ^ (value >> 32U); }

std::uint64_t load(const std::byte* bytes) {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof word);
  return word;
}

}  // namespace

void Payload::fill(std::uint64_t offset, std::span<std::byte> out) const noexcept {
  while (!out.empty() && offset % kWordSize != 0) {
    out.front() = at(offset++);
    out = out.subspan(1);
  }
  std::uint64_t value = unmixed(connection_, offset / kWordSize);
  std::size_t done = 0;
  for (; done + kWordSize <= out.size(); done += kWordSize) {
    const std::uint64_t word = mix(value);
    std::memcpy(out.data() + done, &word, sizeof word);
    value += kStep;
  }
  if (done < out.size()) {
    const std::uint64_t word = mix(value);
    std::memcpy(out.data() + done, &word, out.size() - done);
  }
}

std::size_t Payload::first_mismatch(std::uint64_t offset, std::span<const std::byte> bytes) const noexcept {
  std::size_t done = 0;
  for (; done < bytes.size() && (offset + done) % kWordSize != 0; ++done) {
    if (bytes[done] != at(offset + done)) {
      return done;
    }
  }
  std::uint64_t value = unmixed(connection_, (offset + done) / kWordSize);
  // Several words without a branch between them, so that the compiler can use vector instructions.
  for (; done + kWordsAtOnce * kWordSize <= bytes.size(); done += kWordsAtOnce * kWordSize) {
    std::uint64_t difference = 0;
    for (std::size_t i = 0; i < kWordsAtOnce; ++i) {
      difference |= load(bytes.data() + done + i * kWordSize) ^ mix(value + i * kStep);
    }
    if (difference != 0) {
      break;
    }
    value += kWordsAtOnce * kStep;
  }
  for (; done + kWordSize <= bytes.size() && load(bytes.data() + done) == mix(value); done += kWordSize) {
    value += kStep;
  }
  while (done < bytes.size() && bytes[done] == at(offset + done)) {
    ++done;
  }
  return done;
}

std::byte Payload::at(std::uint64_t offset) const noexcept {
  const std::uint64_t word = mix(unmixed(connection_, offset / kWordSize));
  std::array<std::byte, kWordSize> bytes{};
  std::memcpy(bytes.data(), &word, sizeof word);
  return bytes.at(offset % kWordSize);
}

Payload::Origin Payload::origin_of(std::span<const std::byte, kWordSize> bytes) noexcept {
  const std::uint64_t place = (mix(load(bytes.data())) - kSalt) * kInverse;
  return {.connection = static_cast<std::uint32_t>(place & (kMaxConnections - 1)),
          .offset = (place >> kConnectionBits) * kWordSize};
}

}  // namespace threadecho::client
