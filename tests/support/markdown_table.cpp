#include "support/markdown_table.h"

#include <sstream>

namespace threadecho::test {
namespace {

std::vector<std::string> cells_of(const std::string& row) {
  std::vector<std::string> cells;
  std::istringstream parts(row);
  std::string cell;
  std::getline(parts, cell, '|');  // what stands before the first bar
  while (std::getline(parts, cell, '|')) {
    const auto begin = cell.find_first_not_of(' ');
    const auto end = cell.find_last_not_of(' ');
    cells.push_back(begin == std::string::npos ? "" : cell.substr(begin, end - begin + 1));
  }
  return cells;
}

}  // namespace

std::vector<std::vector<std::string>> markdown_table(std::string_view text, std::string_view heading) {
  std::vector<std::vector<std::string>> rows;
  std::istringstream lines{std::string(text)};
  bool in_section = false;
  bool in_body = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("## ")) {
      in_section = line == heading;
    }
    if (line.starts_with("|--")) {
      in_body = true;
    } else if (!line.starts_with('|')) {
      in_body = false;
    } else if (in_section && in_body) {
      rows.push_back(cells_of(line));
    }
  }
  return rows;
}

}  // namespace threadecho::test
