#pragma once

#include <span>
#include <string>
#include <string_view>

#include "http/page.h"
#include "watch/watch_record.h"

namespace threadecho::watch {

/// index.html of src/watch/page, with placeholders for the rows of a table and the list of endpoints.
std::string_view page_index();
/// All other files there. Style, icon and small means are those of the server's page, admin::page_files().
std::span<const http::PageFile> page_files();

/// A row for each path, for browsers without JavaScript.
std::string table_rows(const WatchSnapshot& snapshot);

}  // namespace threadecho::watch
