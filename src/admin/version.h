#pragma once

#include "host/pod.h"
#include "http/response.h"

namespace threadecho::admin {

/// GET /version: version, revision, compiler and libraries, and the pod if there is one. Call it before the HTTP server
/// starts, see http::json_response.
http::Response version_response(const host::Pod& pod);

}  // namespace threadecho::admin
