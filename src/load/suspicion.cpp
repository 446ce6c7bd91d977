#include "load/suspicion.h"

#include <algorithm>

namespace threadecho::load {
namespace {

constexpr Nanoseconds kPatience = 200 * kMillisecond;
constexpr std::size_t kMostBytes = 65'536;

}  // namespace

Suspicion::Suspicion(std::uint64_t offset, Nanoseconds now) : offset_(offset), ripe_at_(now + kPatience) {}

void Suspicion::add(std::span<const std::byte> wrong) {
  const auto taken = wrong.first(std::min(wrong.size(), kMostBytes));
  bytes_.insert(bytes_.end(), taken.begin(), taken.end());
}

bool Suspicion::is_ripe(Nanoseconds now, std::uint64_t sent) const noexcept {
  return now >= ripe_at_ || bytes_.size() >= kMostBytes || offset_ + bytes_.size() >= sent;
}

}  // namespace threadecho::load
