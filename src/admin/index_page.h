#pragma once

#include <vector>

#include "http/response.h"

namespace threadecho::admin {

struct Route;

/// The page at `/`: what runs here and a link to each of `routes`. One piece: no script, nothing loaded from elsewhere.
http::Response index_response(const std::vector<Route>& routes);

}  // namespace threadecho::admin
