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
/// Of the body of a request for them.
inline constexpr std::size_t kMostFaultBytes = 4096;

/// GET, POST and DELETE /faults, and DELETE /faults/ID. 403 unless FAULTS=on, and to every request for a web page that
/// would change something: a page of another site, or one that has rebound its name to this server, must not.
http::Response respond_to_faults(const http::Request& request, echo::Server& server);

/// A JSON list of faults, with their time left and their counts.
std::string faults_json(const std::vector<echo::FaultPtr>& faults);

}  // namespace threadecho::admin
