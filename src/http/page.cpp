#include "http/page.h"

namespace threadecho::http {
namespace {

constexpr std::string_view kContentSecurityPolicy =
    "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

std::string_view content_type_of(std::string_view path) {
  if (path.ends_with(".css")) {
    return "text/css; charset=utf-8";
  }
  if (path.ends_with(".md")) {  // browsers show plain text, and download text/markdown
    return kTextType;
  }
  return path.ends_with(".svg") ? "image/svg+xml" : "text/javascript; charset=utf-8";
}

}  // namespace

Route page_file_route(const PageFile& file) {
  return {file.path, "", [&file](const Request&) -> Response {
            return {200, content_type_of(file.path), std::string(file.text)};
          }};
}

Response page_response(std::string_view template_text, const std::vector<Replacement>& replacements) {
  std::string page(template_text);
  for (const Replacement& one : replacements) {
    page.replace(page.find(one.placeholder), one.placeholder.size(), one.text);
  }
  return {200, kHtmlType, std::move(page), {{"Content-Security-Policy", kContentSecurityPolicy}}};
}

std::string links_to(const std::vector<Route>& routes) {
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

}  // namespace threadecho::http
