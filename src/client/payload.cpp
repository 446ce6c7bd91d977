#include "client/payload.h"

namespace threadecho::client {
namespace {

// splitmix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators): neighbours in, nothing alike out.
std::uint64_t mix(std::uint64_t value) {
  value += 0x9e3779b97f4a7c15U;
  value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9U;
  value = (value ^ (value >> 27U)) * 0x94d049bb133111ebU;
  return value ^ (value >> 31U);
}

}  // namespace

std::vector<std::uint8_t> make_payload(std::uint64_t seed, std::uint64_t sequence, std::size_t size) {
  const std::uint64_t message = mix(mix(seed) ^ sequence);
  std::vector<std::uint8_t> bytes(size);
  std::uint64_t word = 0;
  for (std::size_t offset = 0; offset < size; ++offset) {
    if (offset % sizeof word == 0) {
      word = mix(message ^ offset);
    }
    bytes[offset] = static_cast<std::uint8_t>(word);
    word >>= 8U;
  }
  return bytes;
}

}  // namespace threadecho::client
