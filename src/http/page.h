#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "http/response.h"
#include "http/route_table.h"

namespace threadecho::http {

/// One file of a page, as cmake/page.cmake put it into the program.
struct PageFile {
  std::string_view path;  ///< "/page/main.mjs"
  std::string_view text;
};

/// The route of a file, which must be constant.
Route page_file_route(const PageFile& file);

/// A page made of `template_text`, in which each placeholder, which occurs once, is replaced. It loads nothing but
/// files and JSON of this server; its Content-Security-Policy allows nothing else.
struct Replacement {
  std::string_view placeholder;
  std::string text;
};
Response page_response(std::string_view template_text, const std::vector<Replacement>& replacements);

/// The rows of a list of these routes: a link to each, and what it shows.
std::string links_to(const std::vector<Route>& routes);

}  // namespace threadecho::http
