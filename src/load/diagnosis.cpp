#include "load/diagnosis.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "text/escape.h"

namespace threadecho::load {
namespace {

constexpr std::size_t kWord = client::Payload::kWordSize;
// A word is found within the first two, even when the first of them was cut or changed.
constexpr std::size_t kSearched = 2 * kWord;
// With less than a word of evidence, search this many bytes to either side.
constexpr std::uint64_t kNearby = 4096;
constexpr std::size_t kFewestBytesToCompare = 3;

struct Found {
  std::size_t index = 0;  ///< in the evidence
  client::Payload::Origin origin;
};

std::string byte_count(std::uint64_t bytes) { return std::to_string(bytes) + (bytes == 1 ? " byte" : " bytes"); }

/// The word at `index`, if this run can have sent it. Any 8 bytes decode to some word. So the next word must follow it
/// in the same stream or, if there is no next word, its place must be likely.
std::optional<client::Payload::Origin> origin_at(const client::Payload& payload, const Evidence& evidence,
                                                 std::size_t index) {
  if (index + kWord > evidence.bytes.size()) {
    return std::nullopt;
  }
  const auto origin = client::Payload::origin_of(evidence.bytes.subspan(index).first<kWord>());
  const bool own = origin.connection == payload.connection();
  if (origin.connection >= evidence.connections || (own && origin.offset >= evidence.sent)) {
    return std::nullopt;
  }
  if (own && origin.offset == evidence.offset + index) {
    return origin;  // just where it should be
  }
  if (index + 2 * kWord <= evidence.bytes.size()) {
    const auto next = client::Payload::origin_of(evidence.bytes.subspan(index + kWord).first<kWord>());
    return next == client::Payload::Origin{origin.connection, origin.offset + kWord} ? std::optional(origin)
                                                                                     : std::nullopt;
  }
  constexpr std::uint64_t kLikely = std::uint64_t{1} << 20U;
  return origin.offset < evidence.sent * 16 + kLikely ? std::optional(origin) : std::nullopt;
}

std::optional<Found> first_origin(const client::Payload& payload, const Evidence& evidence) {
  for (std::size_t index = 0; index < kSearched; ++index) {
    if (const auto origin = origin_at(payload, evidence, index)) {
      return Found{index, *origin};
    }
  }
  return std::nullopt;
}

/// The bytes from the first wrong one up to `source` were skipped. Do they come later?
bool come_later(const client::Payload& payload, const Evidence& evidence, std::size_t from, std::uint64_t source) {
  for (std::size_t index = from; index < evidence.bytes.size(); ++index) {
    const auto origin = origin_at(payload, evidence, index);
    if (origin && origin->connection == payload.connection() && origin->offset + kWord > evidence.offset &&
        origin->offset < source && origin->offset != evidence.offset + index) {
      return true;
    }
  }
  return false;
}

Failure foreign(const Evidence& evidence, std::uint32_t connection, std::uint64_t offset) {
  return {FailureKind::kForeign,
          fmt::format("bytes of connection {} (its offset {}) at offset {}", connection, offset, evidence.offset)};
}

Failure missing(const Evidence& evidence, std::uint64_t count) {
  return {FailureKind::kMissing, fmt::format("{} missing at offset {}", byte_count(count), evidence.offset)};
}

Failure repeated(const Evidence& evidence, std::uint64_t back) {
  return {FailureKind::kRepeated,
          fmt::format("bytes repeated at offset {}: those of {} before came again", evidence.offset, byte_count(back))};
}

Failure by_origin(const client::Payload& payload, const Evidence& evidence, const Found& found) {
  if (found.origin.connection != payload.connection()) {
    const std::uint64_t behind = std::min<std::uint64_t>(found.index, found.origin.offset);
    return foreign(evidence, found.origin.connection, found.origin.offset - behind);
  }
  const std::uint64_t place = evidence.offset + found.index;
  if (found.origin.offset < place) {
    return repeated(evidence, place - found.origin.offset);
  }
  if (come_later(payload, evidence, found.index + kWord, found.origin.offset)) {
    return {FailureKind::kReordered, fmt::format("bytes in another order at offset {}", evidence.offset)};
  }
  return missing(evidence, found.origin.offset - place);
}

/// Wrong bytes with right ones after them: counts the wrong ones, and checks whether only their order is wrong.
Failure changed(const client::Payload& payload, const Evidence& evidence) {
  std::size_t length = evidence.bytes.size();
  while (length > 1 && evidence.bytes[length - 1] == payload.at(evidence.offset + length - 1)) {
    --length;
  }
  std::vector<std::byte> expected(length);
  payload.fill(evidence.offset, expected);
  if (length > 1 && std::ranges::is_permutation(expected, evidence.bytes.first(length))) {
    return {FailureKind::kReordered,
            fmt::format("{} in another order at offset {}", byte_count(length), evidence.offset)};
  }
  return {
      FailureKind::kWrongBytes,
      fmt::format("{} at offset {}: expected {}, got {}", length == 1 ? "wrong byte" : byte_count(length) + " wrong",
                  evidence.offset, text::in_hex(expected.front()), text::in_hex(evidence.bytes.front()))};
}

/// Less than a word arrived: compares it with likely places in the streams.
std::optional<Failure> by_comparison(const client::Payload& payload, const Evidence& evidence) {
  const auto matches = [&](std::uint32_t connection, std::uint64_t offset) {
    return client::Payload(connection).first_mismatch(offset, evidence.bytes) == evidence.bytes.size();
  };
  for (std::uint64_t distance = 1; distance <= kNearby; ++distance) {
    if (evidence.offset + distance < evidence.sent && matches(payload.connection(), evidence.offset + distance)) {
      return missing(evidence, distance);
    }
    if (distance <= evidence.offset && matches(payload.connection(), evidence.offset - distance)) {
      return repeated(evidence, distance);
    }
  }
  for (std::uint32_t connection = 0; connection < evidence.connections; ++connection) {
    if (connection != payload.connection() && matches(connection, evidence.offset)) {
      return foreign(evidence, connection, evidence.offset);
    }
  }
  return std::nullopt;
}

}  // namespace

Failure connection_failure(std::error_code error) {
  const FailureKind kind = client::kind_of(error, client::Stage::kConnected);
  switch (kind) {
    case FailureKind::kClosedEarly:
      return {kind, "closed by the server"};
    case FailureKind::kReset:
      return {kind, "reset by the server"};
    case FailureKind::kEchoTimeout:
      return {kind, "the server's machine no longer answers"};
    default:
      return {kind, "connection lost: " + error.message()};
  }
}

Failure diagnose(const client::Payload& payload, const Evidence& evidence) {
  const auto found = first_origin(payload, evidence);
  if (found && !(found->origin == client::Payload::Origin{payload.connection(), evidence.offset + found->index})) {
    return by_origin(payload, evidence, *found);
  }
  const std::size_t size = evidence.bytes.size();
  if (!found && size >= kFewestBytesToCompare && size < kSearched) {
    if (auto failure = by_comparison(payload, evidence)) {
      return *failure;
    }
  }
  if (evidence.offset >= evidence.sent) {
    return {FailureKind::kSurplus,
            fmt::format("{} more than were sent at offset {}", byte_count(size), evidence.offset)};
  }
  return changed(payload, evidence);
}

}  // namespace threadecho::load
