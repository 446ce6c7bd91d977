#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>

#include "load/load_recorder.h"
#include "net/endpoint.h"

namespace threadecho::load {

/// A connection that was opened.
struct LoadOpening {
  Nanoseconds at = 0;
  std::uint32_t connection = 0;
  net::Endpoint local;
  net::Endpoint peer;
};

/// The connections that a run opened, to find them in a packet capture or the server's log: the first kMostKept of each
/// worker.
class LoadOpenings {
 public:
  static constexpr std::size_t kMostKept = 10'000;

  /// `fd` has just been connected.
  void add(Nanoseconds at, std::uint32_t connection, int fd, const net::Endpoint& peer);
  /// Adds those of another worker; call sort() when all are in.
  void merge(LoadOpenings&& other);
  void sort();

  [[nodiscard]] const std::deque<LoadOpening>& kept() const noexcept { return kept_; }

 private:
  std::deque<LoadOpening> kept_;
};

}  // namespace threadecho::load
