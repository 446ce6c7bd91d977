#include "admin/index_page.h"

#include <string>

#include "admin/routes.h"
#include "build_info.h"

namespace threadecho::admin {
namespace {

constexpr std::string_view kContentSecurityPolicy =
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'";

// The empty icon keeps browsers from asking for /favicon.ico.
constexpr std::string_view kHead = R"(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>threadecho</title>
<link rel="icon" href="data:,">
<style>
:root { color-scheme: light dark; --line: #8884; --soft: #777; --link: #0b57d0; }
@media (prefers-color-scheme: dark) { :root { --soft: #999; --link: #8ab4f8; } }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 44rem; margin: 10vh auto; padding: 0 1.5rem; }
h1 { font-size: 1.75rem; margin: 0; }
p { margin: .25rem 0 2rem; color: var(--soft); }
dl { display: grid; grid-template-columns: max-content 1fr; margin: 0; border-top: 1px solid var(--line); }
dt, dd { margin: 0; padding: .6rem 0; border-bottom: 1px solid var(--line); }
dt { padding-right: 2rem; font-family: ui-monospace, monospace; }
a { color: var(--link); text-decoration: none; }
a:hover, a:focus { text-decoration: underline; }
</style>
</head>
<body>
<h1>threadecho</h1>
)";

}  // namespace

http::Response index_response(const std::vector<Route>& routes) {
  const BuildInfo build = build_info();
  std::string page(kHead);
  page.append("<p>A TCP echo server with a thread for every client. Version ").append(build.version);
  page.append(", revision ").append(build.revision).append(".</p>\n<dl>\n");
  for (const Route& route : routes) {
    page.append("<dt><a href=\"").append(route.path).append("\">").append(route.path).append("</a></dt>");
    page.append("<dd>").append(route.shows).append("</dd>\n");
  }
  page += "</dl>\n</body>\n</html>\n";
  return {200, http::kHtmlType, std::move(page), {{"Content-Security-Policy", kContentSecurityPolicy}}};
}

}  // namespace threadecho::admin
