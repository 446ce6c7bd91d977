#pragma once

#include <span>
#include <string_view>

#include "http/page.h"

namespace threadecho::admin {

/// index.html of src/admin/page, with placeholders for the rows of a table and the list of endpoints.
std::string_view page_index();
/// All other files there, and the runbook.
std::span<const http::PageFile> page_files();

}  // namespace threadecho::admin
