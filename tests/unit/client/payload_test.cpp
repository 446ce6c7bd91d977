#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <vector>

#include "client/payload.h"
#include "load/diagnosis.h"

namespace threadecho::test {
namespace {

using client::Failure;
using client::FailureKind;
using client::Payload;
using ::testing::HasSubstr;

using Bytes = std::vector<std::byte>;

constexpr std::uint32_t kConnections = 8;
constexpr std::uint32_t kOwn = 3;

Bytes stream(std::uint32_t connection, std::uint64_t offset, std::size_t size) {
  Bytes bytes(size);
  Payload(connection).fill(offset, bytes);
  return bytes;
}

Bytes operator+(Bytes left, const Bytes& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

/// What is said when this came back, from the beginning of the stream, for `sent` bytes.
Failure verdict(const Bytes& got, std::uint64_t sent) {
  const Payload payload(kOwn);
  const std::size_t right = std::min<std::uint64_t>(payload.first_mismatch(0, got), sent);
  EXPECT_LT(right, got.size()) << "nothing is wrong";
  return load::diagnose(
      payload, {.offset = right, .bytes = std::span(got).subspan(right), .sent = sent, .connections = kConnections});
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

TEST(Payload, HoldsEveryValueSoThatWhoeverTranslatesSomeIsSeen) {
  const Bytes bytes = stream(kOwn, 0, 4096);
  EXPECT_EQ(std::set(bytes.begin(), bytes.end()).size(), 256U);
}

TEST(Payload, LooksLikeItselfNowhereNearby) {
  const Bytes bytes = stream(kOwn, 0, 4096);
  for (std::ptrdiff_t shift = 1; shift < 100; ++shift) {
    EXPECT_FALSE(std::equal(bytes.begin() + shift, bytes.begin() + shift + 8, bytes.begin())) << shift;
  }
}

TEST(LoadFailure, NamesAChangedByte) {
  for (std::size_t place = 0; place < 64; ++place) {
    Bytes got = stream(kOwn, 0, 64);
    got[place] ^= std::byte{0x20};
    const Failure failure = verdict(got, 64);
    EXPECT_EQ(failure.kind, FailureKind::kWrongBytes) << failure.text;
    EXPECT_THAT(failure.text, HasSubstr("wrong byte at offset " + std::to_string(place) + ": expected 0x"));
  }
}

TEST(LoadFailure, NamesMissingBytesAndHowMany) {
  for (const std::size_t count : {1U, 5U, 8U, 64U}) {
    const Failure failure = verdict(stream(kOwn, 0, 100) + stream(kOwn, 100 + count, 92), 300);
    EXPECT_EQ(failure.kind, FailureKind::kMissing) << failure.text;
    EXPECT_THAT(failure.text, HasSubstr(std::to_string(count) + (count == 1 ? " byte missing" : " bytes missing")));
  }
}

TEST(LoadFailure, NamesRepeatedBytesAndHowFarTheyAreBehind) {
  for (const std::size_t count : {1U, 8U, 13U, 64U}) {
    const Failure failure = verdict(stream(kOwn, 0, 128) + stream(kOwn, 128 - count, 72), 256);
    EXPECT_EQ(failure.kind, FailureKind::kRepeated) << failure.text;
    EXPECT_THAT(failure.text, HasSubstr("those of " + std::to_string(count)));
  }
  EXPECT_EQ(verdict(stream(kOwn, 0, 64) + stream(kOwn, 0, 64), 64).kind, FailureKind::kRepeated);
}

TEST(LoadFailure, NamesTheOtherConnection) {
  const Failure failure = verdict(stream(kOwn, 0, 64) + stream(5, 64, 64), 128);
  EXPECT_EQ(failure.kind, FailureKind::kForeign);
  EXPECT_THAT(failure.text, HasSubstr("bytes of connection 5 (its offset 64) at offset 64"));
  EXPECT_EQ(verdict(stream(kOwn, 0, 61) + stream(2, 29, 64), 128).kind, FailureKind::kForeign);
}

TEST(LoadFailure, NamesAnotherOrder) {
  EXPECT_EQ(verdict(stream(kOwn, 32, 32) + stream(kOwn, 0, 32), 64).kind, FailureKind::kReordered);
  EXPECT_EQ(verdict(stream(kOwn, 0, 64) + stream(kOwn, 128, 64) + stream(kOwn, 64, 64), 192).kind,
            FailureKind::kReordered);
  Bytes swapped = stream(kOwn, 0, 64);
  std::swap(swapped[20], swapped[21]);
  EXPECT_EQ(verdict(swapped, 64).kind, FailureKind::kReordered);
  Bytes backwards = stream(kOwn, 0, 64);
  std::ranges::reverse(backwards);
  EXPECT_EQ(verdict(backwards, 64).kind, FailureKind::kReordered);
}

TEST(LoadFailure, NamesBytesThatNobodySent) {
  EXPECT_EQ(verdict(stream(kOwn, 0, 64) + Bytes(40), 64).kind, FailureKind::kSurplus);
  EXPECT_EQ(verdict(Bytes(64), 64).kind, FailureKind::kWrongBytes);
}

TEST(LoadFailure, TellsShortMessagesApartWhereItCan) {
  EXPECT_EQ(verdict(stream(5, 0, 4), 4).kind, FailureKind::kForeign);
  EXPECT_EQ(verdict(stream(kOwn, 0, 4) + stream(kOwn, 0, 4), 8).kind, FailureKind::kRepeated);
  EXPECT_EQ(verdict(stream(kOwn, 1, 7), 8).kind, FailureKind::kMissing);
}

}  // namespace
}  // namespace threadecho::test
