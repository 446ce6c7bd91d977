#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <set>
#include <span>
#include <vector>

#include "client/payload.h"

namespace threadecho::test {
namespace {

using client::Payload;

using Bytes = std::vector<std::byte>;

constexpr std::uint32_t kOwn = 3;

Bytes stream(std::uint32_t connection, std::uint64_t offset, std::size_t size) {
  Bytes bytes(size);
  Payload(connection).fill(offset, bytes);
  return bytes;
}

TEST(Payload, IsTheSameHoweverItIsCut) {
  const Bytes whole = stream(kOwn, 0, 300);
  for (std::size_t from = 0; from < 40; ++from) {
    for (const std::size_t size : {0U, 1U, 7U, 8U, 9U, 64U, 100U, 255U}) {
      const Bytes part = stream(kOwn, from, size);
      ASSERT_TRUE(std::equal(part.begin(), part.end(), whole.begin() + static_cast<std::ptrdiff_t>(from)));
      ASSERT_EQ(Payload(kOwn).first_mismatch(from, part), size);
    }
  }
}

TEST(Payload, FindsTheFirstWrongByteAtEveryPlace) {
  for (std::size_t from = 0; from < 9; ++from) {
    for (std::size_t wrong = 0; wrong < 200; ++wrong) {
      Bytes bytes = stream(kOwn, from, 200);
      bytes[wrong] ^= std::byte{1};
      ASSERT_EQ(Payload(kOwn).first_mismatch(from, bytes), wrong);
    }
  }
}

TEST(Payload, SaysWhereAWordIsFrom) {
  for (const std::uint32_t connection : {0U, 1U, 77U, Payload::kMaxConnections - 1}) {
    for (const std::uint64_t offset : {std::uint64_t{0}, std::uint64_t{8}, std::uint64_t{1} << 42U}) {
      const Bytes word = stream(connection, offset, Payload::kWordSize);
      const Payload::Origin expected{connection, offset};
      EXPECT_EQ(Payload::origin_of(std::span(word).first<Payload::kWordSize>()), expected);
    }
  }
}

TEST(Payload, DiffersBetweenConnectionsInEveryColumn) {
  for (std::size_t column = 0; column < Payload::kWordSize; ++column) {
    std::set<std::byte> values;
    for (std::uint32_t connection = 0; connection < 256; ++connection) {
      values.insert(Payload(connection).at(column));
    }
    EXPECT_GT(values.size(), 100U) << column;
  }
}

TEST(Payload, HoldsEveryValueOfAByte) {
  const Bytes bytes = stream(kOwn, 0, 4096);
  EXPECT_EQ(std::set(bytes.begin(), bytes.end()).size(), 256U);
}

TEST(Payload, LooksLikeItselfNowhereNearby) {
  const Bytes bytes = stream(kOwn, 0, 4096);
  for (std::ptrdiff_t shift = 1; shift < 100; ++shift) {
    EXPECT_FALSE(std::equal(bytes.begin() + shift, bytes.begin() + shift + 8, bytes.begin())) << shift;
  }
}

}  // namespace
}  // namespace threadecho::test
