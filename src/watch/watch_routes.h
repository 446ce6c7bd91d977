#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "admin/process_collector.h"
#include "host/pod.h"
#include "http/route_table.h"
#include "watch/watch_loop.h"
#include "watch/watch_options.h"

namespace threadecho::watch {

/// What the endpoints of a watcher show. The HTTP thread calls its routes.
class WatchRoutes {
 public:
  /// `loop` must outlive this; `log_lines_dropped` is called at each scrape.
  WatchRoutes(const WatchLoop& loop, const WatchOptions& options, host::Pod pod,
              std::function<std::uint64_t()> log_lines_dropped);

  /// Routes that borrow this.
  [[nodiscard]] std::vector<http::Route> routes() const;

 private:
  [[nodiscard]] std::string metrics() const;
  [[nodiscard]] http::Response readiness() const;

  const WatchLoop& loop_;
  const WatchOptions& options_;
  host::Pod pod_;
  std::function<std::uint64_t()> log_lines_dropped_;
  admin::ProcessCollector process_;
  mutable std::size_t last_size_ = 0;  ///< of metrics(), which one thread calls
};

}  // namespace threadecho::watch
