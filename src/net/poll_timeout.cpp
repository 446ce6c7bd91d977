#include "net/poll_timeout.h"

#include <algorithm>

namespace threadecho::net {
namespace {

using std::chrono::milliseconds;

/// A wait of this length ends at most 25 ms late.
constexpr milliseconds kExactWait{5'000};
constexpr int kShortenedBy = 64;  ///< by 1.6 %: more than the kernel adds
constexpr milliseconds kLongestWait{3'600'000};

}  // namespace

int poll_timeout(std::chrono::steady_clock::time_point until, std::chrono::steady_clock::time_point now) noexcept {
  if (until == std::chrono::steady_clock::time_point::max()) {
    return -1;
  }
  auto left = std::clamp(std::chrono::ceil<milliseconds>(until - now), milliseconds(0), kLongestWait);
  if (left > kExactWait) {
    left -= left / kShortenedBy;
  }
  return static_cast<int>(left.count());
}

}  // namespace threadecho::net
