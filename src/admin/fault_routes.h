#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "echo/fault.h"
#include "echo/server.h"
#include "http/response.h"
#include "http/service.h"

namespace threadecho::admin {

inline constexpr std::string_view kFaultsPath = "/faults";
/// Largest body of a request to this path, in bytes.
inline constexpr std::size_t kMostFaultBytes = 4096;

/// GET, POST and DELETE /faults, and DELETE /faults/ID. Answers 403 unless FAULTS=on. Answers 403 also if a web page
/// asks for a change: neither a page of another site nor one that has rebound its name to this server may make it.
http::Response respond_to_faults(const http::Request& request, echo::Server& server);

/// A JSON list of faults, with their time left and their counts.
std::string faults_json(const std::vector<echo::FaultPtr>& faults);

}  // namespace threadecho::admin
