#include "watch/page.h"

#include "client/failure.h"

namespace threadecho::watch {
namespace {

std::string in_html(std::string_view text) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '&':
        result += "&amp;";
        break;
      case '"':
        result += "&quot;";
        break;
      default:
        result += c;
    }
  }
  return result;
}

}  // namespace

std::string table_rows(const WatchSnapshot& snapshot) {
  std::string rows;
  for (const TargetSnapshot& target : snapshot.targets) {
    for (const PathRecord& path : target.paths) {
      const std::string_view reason =
          path.last_loss ? client::words_of(path.last_loss->failure.kind).name : std::string_view("none");
      rows.append("<tr><th scope=\"row\">").append(in_html(target.target.name)).append("</th><td>");
      rows.append(in_html(path.address.to_string())).append("</td><td>").append(in_html(path.node)).append("</td><td>");
      rows.append(kPathStateNames.at(index_of(path.state))).append("</td><td>").append(reason);
      rows.append("</td></tr>\n");
    }
  }
  return rows;
}

}  // namespace threadecho::watch
