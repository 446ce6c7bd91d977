#include "admin/page.h"

#include <cstddef>

#include "admin/routes.h"

namespace threadecho::admin {

/// index.html; generated, as `page_files` is.
std::string_view page_index();

namespace {

constexpr std::string_view kContentSecurityPolicy =
    "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
constexpr std::string_view kTableRows = "<!-- table rows -->";
constexpr std::string_view kEndpoints = "<!-- endpoints -->";

std::string_view content_type_of(std::string_view path) {
  if (path.ends_with(".css")) {
    return "text/css; charset=utf-8";
  }
  return path.ends_with(".svg") ? "image/svg+xml" : "text/javascript; charset=utf-8";
}

std::string endpoints(const std::vector<Route>& routes) {
  std::string list;
  for (const Route& route : routes) {
    if (!route.shows.empty()) {
      // Relative, so that the page also works behind a proxy that adds a prefix.
      list.append("<dt><a href=\".").append(route.path).append("\">").append(route.path).append("</a></dt>");
      list.append("<dd>").append(route.shows).append("</dd>\n");
    }
  }
  return list;
}

void replace(std::string& page, std::string_view placeholder, std::string_view text) {
  page.replace(page.find(placeholder), placeholder.size(), text);
}

}  // namespace

http::Response page_file_response(const PageFile& file) {
  return {200, content_type_of(file.path), std::string(file.text)};
}

http::Response page_response(std::string_view table_rows, const std::vector<Route>& routes) {
  std::string page(page_index());
  replace(page, kTableRows, table_rows);
  replace(page, kEndpoints, endpoints(routes));
  return {200, http::kHtmlType, std::move(page), {{"Content-Security-Policy", kContentSecurityPolicy}}};
}

}  // namespace threadecho::admin
