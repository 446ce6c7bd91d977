#pragma once

#include <chrono>
#include <cstdint>

#include "config/settings.h"

namespace threadecho::compare {

/// The settings of `threadecho compare`; the initialisers are the defaults of its flags.
struct CompareOptions {
  std::uint32_t clients = 64;
  std::chrono::milliseconds duration{std::chrono::seconds(3)};  ///< of the load, for each model
  std::uint64_t size = 64;                                      ///< bytes of a message
  std::uint32_t pool_threads = config::number_of_cpus();        ///< of blocking-pool and pool
  std::chrono::milliseconds patience{std::chrono::seconds(1)};  ///< of a client that waits behind silent ones
  bool json = false;
  bool quiet = false;
  bool help = false;  ///< nothing else counts then
};

}  // namespace threadecho::compare
