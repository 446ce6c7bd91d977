#pragma once

#include <vector>

#include "build_info.h"
#include "http/response.h"

namespace threadecho::http {

struct Route;

/// The page at `/`: what runs here and a link to each of `routes`. One piece: no script, nothing loaded from elsewhere.
Response index_response(const BuildInfo& build, const std::vector<Route>& routes);

}  // namespace threadecho::http
