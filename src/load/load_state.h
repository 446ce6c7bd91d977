#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "client/name_lookup.h"
#include "client/resolver.h"
#include "load/load_connection.h"
#include "load/load_incidents.h"
#include "load/load_openings.h"
#include "load/load_recorder.h"
#include "load/sample_file.h"
#include "net/endpoint.h"
#include "net/fd.h"
#include "net/wakeup.h"

namespace threadecho::load {

/// What main and its workers tell each other; each change is followed by a wake-up. Release and acquire: a thread that
/// sees a change also sees what was written before it, such as a worker's last figures before `ended`.
struct LoadControl {
  std::atomic<Nanoseconds> start{0};      ///< when the warm-up begins; 0: not all connections are up yet
  std::atomic<bool> stop{false};          ///< the user wants the result now
  std::atomic<std::uint32_t> settled{0};  ///< connections that are up, or failed, for the first time
  std::atomic<std::uint32_t> ended{0};    ///< workers that have ended
  net::Wakeup to_main;
  // Set before the workers are made.
  SampleFile* samples = nullptr;               ///< takes every measured latency
  client::NameLookup* names = nullptr;         ///< see LoadState
  std::vector<net::Endpoint> candidates = {};  ///< see LoadHooks
  std::atomic<std::uint64_t> look_up_told{0};  ///< number of the last look-up that a worker told the failure of

  /// Returns true to the one worker that is to report the failure of this look-up.
  bool is_to_tell(std::uint64_t look_up) {
    std::uint64_t told = look_up_told.load(std::memory_order_relaxed);
    while (told < look_up) {
      if (look_up_told.compare_exchange_weak(told, look_up, std::memory_order_relaxed)) {
        return true;
      }
    }
    return false;
  }
};

enum class Phase : std::uint8_t { kOpening, kRunning, kFinishing, kDone };

/// What the clients of one worker share.
struct LoadState {
  LoadContext context;
  client::NameLookup* names;                     ///< for reconnects; null: the target is at the same address always
  net::Endpoint target;                          ///< where this worker connected to last, or is to connect first
  std::vector<net::Endpoint> known = {};         ///< what the last look-up found that found something; empty: `target`
  std::vector<net::Endpoint> connected_to = {};  ///< each address once
  LoadControl& control;
  net::Fd epoll;
  bool has_one_client = false;
  LoadIncidents incidents = {};
  LoadOpenings openings = {};
  Phase phase = Phase::kOpening;
  std::size_t connecting = 0;
  std::size_t retrying = 0;    ///< clients that wait until they connect again
  std::size_t diagnosing = 0;  ///< an upper bound: they are checked often while it is not 0
  Nanoseconds next_check = 0;  ///< when the worker calls check() of all clients

  void connected(const net::Endpoint& peer) {
    if (!connected_to.empty() && client::is_same(target, peer)) {
      return;
    }
    target = peer;
    if (std::ranges::none_of(connected_to, [&](const net::Endpoint& one) { return client::is_same(one, peer); })) {
      connected_to.push_back(peer);
    }
  }
};

}  // namespace threadecho::load
