#include "support/documented_rows.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>

namespace threadecho::test {

std::string source_file(const std::string& name) {
  std::ifstream file(std::string(THREADECHO_SOURCE_DIR "/") + name);
  EXPECT_TRUE(file) << name;
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::string> table_rows(std::string_view text, std::string_view heading) {
  std::vector<std::string> rows;
  std::istringstream lines{std::string(text)};
  bool is_inside = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with('#')) {
      is_inside = line == heading;
    } else if (is_inside && line.starts_with("|---")) {
      rows.pop_back();  // the titles
    } else if (is_inside && line.starts_with('|')) {
      rows.push_back(line);
    }
  }
  return rows;
}

std::vector<std::string> differences(const std::vector<std::string>& expected, const std::vector<std::string>& rows) {
  std::vector<std::string> found;
  for (const std::string& start : expected) {
    const auto count = std::ranges::count_if(rows, [&](const auto& row) { return row.starts_with(start); });
    if (count != 1) {
      found.push_back((count == 0 ? "missing: " : "twice: ") + start);
    }
  }
  for (const std::string& row : rows) {
    if (std::ranges::none_of(expected, [&](const auto& start) { return row.starts_with(start); })) {
      found.push_back("not of the program: " + row);
    }
  }
  return found;
}

}  // namespace threadecho::test
