#include "load/diagnosis.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "client/payload.h"

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

/// The diagnosis when `sent` bytes were sent and this came back, from the beginning of the stream.
Failure verdict(const Bytes& got, std::uint64_t sent) {
  const Payload payload(kOwn);
  const std::size_t right = std::min<std::uint64_t>(payload.first_mismatch(0, got), sent);
  EXPECT_LT(right, got.size()) << "nothing is wrong";
  return load::diagnose(
      payload, {.offset = right, .bytes = std::span(got).subspan(right), .sent = sent, .connections = kConnections});
}

TEST(Diagnosis, NamesAChangedByte) {
  for (std::size_t place = 0; place < 64; ++place) {
    Bytes got = stream(kOwn, 0, 64);
    got[place] ^= std::byte{0x20};
    const Failure failure = verdict(got, 64);
    EXPECT_EQ(failure.kind, FailureKind::kWrongBytes) << failure.text;
    EXPECT_THAT(failure.text, HasSubstr("wrong byte at offset " + std::to_string(place) + ": expected 0x"));
  }
}

TEST(Diagnosis, NamesMissingBytesAndHowMany) {
  for (const std::size_t count : {1U, 5U, 8U, 64U}) {
    const Failure failure = verdict(stream(kOwn, 0, 100) + stream(kOwn, 100 + count, 92), 300);
    EXPECT_EQ(failure.kind, FailureKind::kMissing) << failure.text;
    EXPECT_THAT(failure.text, HasSubstr(std::to_string(count) + (count == 1 ? " byte missing" : " bytes missing")));
  }
}

TEST(Diagnosis, NamesRepeatedBytesAndHowFarTheyAreBehind) {
  for (const std::size_t count : {1U, 8U, 13U, 64U}) {
    const Failure failure = verdict(stream(kOwn, 0, 128) + stream(kOwn, 128 - count, 72), 256);
    EXPECT_EQ(failure.kind, FailureKind::kRepeated) << failure.text;
    EXPECT_THAT(failure.text, HasSubstr("those of " + std::to_string(count)));
  }
  EXPECT_EQ(verdict(stream(kOwn, 0, 64) + stream(kOwn, 0, 64), 64).kind, FailureKind::kRepeated);
}

TEST(Diagnosis, NamesTheOtherConnection) {
  const Failure failure = verdict(stream(kOwn, 0, 64) + stream(5, 64, 64), 128);
  EXPECT_EQ(failure.kind, FailureKind::kForeign);
  EXPECT_THAT(failure.text, HasSubstr("bytes of connection 5 (its offset 64) at offset 64"));
  EXPECT_EQ(verdict(stream(kOwn, 0, 61) + stream(2, 29, 64), 128).kind, FailureKind::kForeign);
}

TEST(Diagnosis, NamesAnotherOrder) {
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

TEST(Diagnosis, NamesBytesThatWereNotSent) {
  EXPECT_EQ(verdict(stream(kOwn, 0, 64) + Bytes(40), 64).kind, FailureKind::kSurplus);
  EXPECT_EQ(verdict(Bytes(64), 64).kind, FailureKind::kWrongBytes);
}

TEST(Diagnosis, TellsShortMessagesApartWhereItCan) {
  EXPECT_EQ(verdict(stream(5, 0, 4), 4).kind, FailureKind::kForeign);
  EXPECT_EQ(verdict(stream(kOwn, 0, 4) + stream(kOwn, 0, 4), 8).kind, FailureKind::kRepeated);
  EXPECT_EQ(verdict(stream(kOwn, 1, 7), 8).kind, FailureKind::kMissing);
}

}  // namespace
}  // namespace threadecho::test
