#include "watch/path_log.h"

#include <optional>
#include <string>

#include "client/failure.h"

namespace threadecho::watch {
namespace {

std::optional<std::string_view> if_known(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional<std::string_view>(text);
}

}  // namespace

void log_lost(log::Logger& log, std::string_view target, const PathRecord& path, const Loss& loss) {
  const std::string address = path.address.to_string();
  const std::string local = loss.local.is_known() ? loss.local.to_string() : std::string();
  log.warn("connection lost", {{"target", target},
                               {"address", address},
                               {"node", if_known(path.node)},
                               {"connection", kConnectionNames.at(index_of(loss.connection))},
                               {"place", kPlaceNames.at(index_of(loss.place))},
                               {"reason", client::words_of(loss.failure.kind).name},
                               {"error", loss.failure.text},
                               {"age_seconds", loss.age},
                               {"local_address", if_known(local)}});
}

void log_back(log::Logger& log, std::string_view target, const PathRecord& path, ConnectionKind connection,
              nanoseconds outage) {
  const std::string address = path.address.to_string();
  log.info("connection back", {{"target", target},
                               {"address", address},
                               {"node", if_known(path.node)},
                               {"connection", kConnectionNames.at(index_of(connection))},
                               {"outage_seconds", outage}});
}

}  // namespace threadecho::watch
