#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "config/settings_loader.h"
#include "echo/server.h"
#include "host/pod.h"
#include "host/process_usage.h"
#include "http/response.h"

namespace threadecho::admin {

/// The numbers of the status page. Borrows the server. Any thread may call it.
class Status {
 public:
  /// `settings` and `pod` are shown as they are now.
  Status(const echo::Server& server, const std::vector<config::Value>& settings, const host::Pod& pod);

  /// What `GET /status` answers: one consistent reading of the counters, see echo::Totals.
  [[nodiscard]] http::Response json() const;
  /// The most important numbers for people, as rows of an HTML table.
  [[nodiscard]] std::string table_rows() const;

 private:
  void append_drain(std::string& body) const;

  const echo::Server& server_;
  std::string identity_;      ///< the members of the JSON object that never change
  std::string thread_model_;  ///< as in the settings
  const echo::Clock::time_point started_ = echo::Clock::now();
  std::chrono::milliseconds drain_delay_;
  std::chrono::milliseconds drain_timeout_;
  host::ProcessStatus process_status_;
};

}  // namespace threadecho::admin
