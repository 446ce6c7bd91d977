#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "client/payload.h"
#include "load/diagnosis.h"
#include "load/load_recorder.h"

namespace threadecho::load {

/// Bytes that came back wrong, and those after them, which tell what happened.
class Suspicion {
 public:
  /// The first wrong byte is at `offset` of the connection's stream.
  Suspicion(std::uint64_t offset, Nanoseconds now);

  void add(std::span<const std::byte> wrong);
  /// There are enough bytes, or no more may come, or they have been waited for.
  [[nodiscard]] bool is_ripe(Nanoseconds now, std::uint64_t sent) const noexcept;
  [[nodiscard]] Failure diagnosis(const client::Payload& payload, std::uint64_t sent, std::uint32_t connections) const {
    return diagnose(payload, {offset_, bytes_, sent, connections});
  }

 private:
  std::uint64_t offset_;
  std::vector<std::byte> bytes_;
  Nanoseconds ripe_at_;
};

}  // namespace threadecho::load
