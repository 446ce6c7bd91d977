#include "load/load_openings.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace threadecho::load {

void LoadOpenings::add(Nanoseconds at, std::uint32_t connection, int fd, const net::Endpoint& peer) {
  if (kept_.size() < kMostKept) {
    kept_.push_back({.at = at, .connection = connection, .local = net::Endpoint::local_of(fd), .peer = peer});
  }
}

void LoadOpenings::merge(LoadOpenings&& other) {
  std::ranges::move(other.kept_, std::back_inserter(kept_));
  other.kept_.clear();
}

void LoadOpenings::sort() { std::ranges::stable_sort(kept_, {}, &LoadOpening::at); }

}  // namespace threadecho::load
