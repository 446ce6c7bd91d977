#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace threadecho::client {

/// The bytes of message `sequence` of a run: every one depends on the run's seed, on the sequence and on its offset, so
/// that a changed, lost, doubled or shifted byte shows, and one of another message or another client does. All 256
/// values occur, so that whoever translates some of them is seen.
std::vector<std::uint8_t> make_payload(std::uint64_t seed, std::uint64_t sequence, std::size_t size);

}  // namespace threadecho::client
