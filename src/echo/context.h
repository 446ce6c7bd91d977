#pragma once

#include "echo/drain.h"
#include "log/logger.h"

namespace threadecho::config {
struct Settings;
}

namespace threadecho::echo {

class ConnectionRegistry;
class FaultTable;
class SpareDescriptors;

/// What every connection of a server is served with. Borrowed; outlives all connections and the threads that serve
/// them.
struct EchoContext {
  const config::Settings& settings;
  const Drain& drain;
  ConnectionRegistry& registry;
  log::Logger& log;
  SpareDescriptors& spare_descriptors;
  FaultTable& faults;
};

}  // namespace threadecho::echo
