#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "http/response.h"

namespace threadecho::admin {

struct Route;

/// One file of src/admin/page, as cmake/page.cmake put it into the program.
struct PageFile {
  std::string_view path;  ///< "/page/main.mjs"
  std::string_view text;
};

/// All files of the page except index.html, which `page_response` completes.
std::span<const PageFile> page_files();

http::Response page_file_response(const PageFile& file);

/// The status page at `/`, with `table_rows` for browsers without JavaScript and a link to each of `routes`. It loads
/// nothing but `page_files` and this server's JSON; its Content-Security-Policy allows nothing else.
http::Response page_response(std::string_view table_rows, const std::vector<Route>& routes);

}  // namespace threadecho::admin
