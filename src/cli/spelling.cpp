#include "cli/spelling.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "text/ascii.h"

namespace threadecho::cli {
namespace {

constexpr std::size_t kShortName = 8;  // shorter than this: only swapped letters
constexpr std::size_t kLongName = 12;  // from here on: two typing errors

// Variables of other programs whose names are only a typing error away from one of ours.
constexpr std::array<std::string_view, 4> kOtherPrograms = {"HTTPS_PORT", "HTTPS_BIND_ADDRESS", "HTTPD_PORT",
                                                            "HTTP_PORTS"};

std::string in_our_case(std::string_view name) {
  std::string result(name);
  for (char& c : result) {
    c = c == '-' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  }
  return result;
}

std::vector<std::string_view> words_of(std::string_view name) {
  std::vector<std::string_view> words;
  for (;;) {
    const std::size_t end = name.find('_');
    words.push_back(name.substr(0, end));
    if (end == std::string_view::npos) {
      return words;
    }
    name.remove_prefix(end + 1);
  }
}

// LVL for LEVEL: some letters between the first and the last are left out.
bool is_shortened_word(std::string_view text, std::string_view word) {
  constexpr std::size_t kFewestLetters = 3;
  if (text.size() < kFewestLetters || text.front() != word.front() || text.back() != word.back()) {
    return text == word;
  }
  std::size_t matched = 0;
  for (const char letter : word) {
    if (matched < text.size() && text[matched] == letter) {
      ++matched;
    }
  }
  return matched == text.size();
}

// MIN is two replaced letters from MAX, and WAIT two from WRITE, but neither is a typing error of the other.
bool is_mistyped_word(std::string_view text, std::string_view word) {
  constexpr std::size_t kShortWord = 5;
  return edit_distance(text, word) <= (word.size() <= kShortWord ? 1 : 2);
}

bool is_mistyped(std::string_view name, std::string_view setting) {
  const auto words = words_of(name);
  const auto right_words = words_of(setting);
  return edit_distance(name, setting) <= (setting.size() < kLongName ? 1 : 2) &&
         (words.size() != right_words.size() || std::ranges::equal(words, right_words, is_mistyped_word));
}

bool is_swapped(std::string_view name, std::string_view setting) {
  return name.size() == setting.size() && edit_distance(name, setting) == 1 &&
         std::ranges::is_permutation(name, setting);
}

bool is_close(std::string_view name, std::string_view setting) {
  if (name.empty() || name.front() != setting.front()) {
    return false;
  }
  if (setting.size() < kShortName) {
    return is_swapped(name, setting);
  }
  return is_mistyped(name, setting) || std::ranges::equal(words_of(name), words_of(setting), is_shortened_word);
}

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
  // Optimal string alignment: three rows of its table are enough.
  std::vector<std::size_t> before;
  std::vector<std::size_t> last(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) {
    last[j] = j;
  }
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::vector<std::size_t> row(b.size() + 1, i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1), last[j] + 1, row[j - 1] + 1});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    before = std::move(last);
    last = std::move(row);
  }
  return last.back();
}

std::string did_you_mean(std::string_view given, const std::vector<std::string_view>& known) {
  constexpr std::size_t kShortest = 6;  // for two typing errors
  const std::size_t letters = given.size() - std::min(given.find_first_not_of('-'), given.size());
  std::size_t most = (letters < kShortest ? 1 : 2) + 1;
  std::string_view meant;
  for (const std::string_view name : known) {
    if (const std::size_t distance = edit_distance(given, name); distance < most) {
      most = distance;
      meant = name;
    }
  }
  if (meant.empty() && letters > 1) {
    const auto longer = std::ranges::find_if(known, [&](std::string_view name) { return name.starts_with(given); });
    meant = longer == known.end() ? meant : *longer;
  }
  return meant.empty() ? "" : "; did you mean " + std::string(meant) + "?";
}

std::string_view likely_variable(std::string_view name, const std::vector<std::string_view>& settings) {
  const std::string ours = in_our_case(name);
  if (std::ranges::find(settings, name) != settings.end() || std::ranges::any_of(name, text::is_digit) ||
      std::ranges::find(kOtherPrograms, ours) != kOtherPrograms.end()) {
    return {};
  }
  std::string_view nearest;
  std::size_t least = std::numeric_limits<std::size_t>::max();
  for (const std::string_view setting : settings) {
    const std::size_t distance = edit_distance(ours, setting);
    if (distance < least && is_close(ours, setting)) {
      least = distance;
      nearest = setting;
    }
  }
  return nearest;
}

}  // namespace threadecho::cli
