#include "cli/help.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <sstream>
#include <vector>

#include "text/as_number.h"

namespace threadecho::cli {
namespace {

constexpr std::size_t kLeastWidth = 40;
constexpr std::size_t kMostWidth = 120;
/// If fewer columns than this are left beside a term, its meaning goes below it.
constexpr std::size_t kLeastMeaning = 20;
constexpr std::size_t kMeaningBelow = 6;

void append_wrapped(std::string& out, std::string_view line, std::size_t width) {
  const std::size_t indentation = std::min(line.find_first_not_of(' '), line.size());
  const std::size_t gap = line.find("  ", indentation);
  std::size_t column = gap == std::string_view::npos ? indentation : line.find_first_not_of(' ', gap);
  std::istringstream words{std::string(line.substr(column))};
  out.append(line.substr(0, std::min(gap, column)));
  std::size_t used = std::min(gap, column);
  if (column > indentation && column + kLeastMeaning > width) {
    column = kMeaningBelow;
    used = width;
  } else {
    out.append(column - used, ' ');
    used = column;
  }
  bool is_first = used == column;
  for (std::string word; words >> word; is_first = false) {
    if (!is_first && used + 1 + word.size() > width) {
      out.append("\n").append(column, ' ');
      used = column;
    } else if (!is_first) {
      out.append(" ");
      ++used;
    }
    out.append(word);
    used += word.size();
  }
  out.append("\n");
}

}  // namespace

std::size_t output_width() {
  if (const char* const columns = std::getenv("COLUMNS")) {  // NOLINT(concurrency-mt-unsafe): nothing changes it
    if (const auto width = text::as_number<std::size_t>(columns).value_or(0); width > 0) {
      return std::clamp(width, kLeastWidth, kMostWidth);
    }
  }
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) {
    return kUsualWidth;
  }
  return std::clamp(std::size_t{size.ws_col}, kLeastWidth, kMostWidth);
}

bool has_colours() {
  const char* const no_colour = std::getenv("NO_COLOR");  // NOLINT(concurrency-mt-unsafe): nothing changes it
  return ::isatty(STDOUT_FILENO) == 1 && (no_colour == nullptr || *no_colour == '\0');
}

std::string wrapped(std::string_view text, std::size_t width) {
  const auto is_prose = [](const std::string& line) { return !line.empty() && line.front() != ' '; };
  std::vector<std::string> paragraphs;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    if (is_prose(line) && !paragraphs.empty() && is_prose(paragraphs.back())) {
      paragraphs.back().append(" ").append(line);
    } else {
      paragraphs.push_back(line);
    }
  }
  std::string result;
  for (const std::string& paragraph : paragraphs) {
    append_wrapped(result, paragraph, width);
  }
  return result;
}

std::string fitted(std::string_view text, std::size_t width) {
  std::string result;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    if (line.size() <= width) {
      result.append(line).append("\n");
    } else {
      append_wrapped(result, line, width);
    }
  }
  return result;
}

}  // namespace threadecho::cli
