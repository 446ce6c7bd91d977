#include "man/man_page.h"

#include <algorithm>
#include <cstddef>

#include "man/roff.h"
#include "text/ascii.h"

namespace threadecho::man {
namespace {

constexpr std::string_view kUsage = "Usage: ";

std::string title_of(std::string name) {
  std::ranges::transform(name, name.begin(),
                         [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return literal(name);
}

std::string name_line(const PageHead& head) {
  std::string summary = head.summary;
  const auto is_capital = [&](std::size_t i) { return i < summary.size() && summary[i] >= 'A' && summary[i] <= 'Z'; };
  if (!is_capital(1)) {  // an abbreviation keeps its capitals
    summary.front() = text::lower(summary.substr(0, 1)).front();
  }
  if (summary.ends_with('.')) {
    summary.pop_back();
  }
  return literal(head.name) + " \\- " + literal(summary);
}

/// The lines of usage that `text` begins with, each for a .nf block. Removes them.
std::string synopsis(std::string_view& text) {
  std::string result;
  text.remove_prefix(kUsage.size());
  while (!text.empty() && text.front() != '\n') {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    line.remove_prefix(line.find_first_not_of(' '));
    result.append(literal(line)).append("\n");
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return result;
}

std::string sentence(std::string_view name, const std::string& value) {
  return value.empty() ? "" : ".br\n" + std::string(name) + ": " + literal(value) + "\n";
}

std::string options_of(const std::vector<cli::Option>& options) {
  std::string result;
  for (const cli::Option& option : options) {
    if (!option.heading.empty()) {
      result.append(".SS ").append(literal(option.heading)).append("\n");
    }
    result.append(".TP\n\\fB").append(literal(option.flag)).append("\\fR");
    if (!option.value.empty()) {
      result.append(" \\fI").append(literal(option.value)).append("\\fR");
    }
    if (!option.variable.empty()) {
      result.append(", \\fB").append(literal(option.variable)).append("\\fR");
    }
    result.append("\n").append(roff_of(option.meaning));
    result.append(sentence("Default", option.default_text)).append(sentence("Allowed", option.allowed));
  }
  return result.append(".TP\n\\fB\\-\\-help\\fR\nPrint the help.\n");
}

}  // namespace

std::string man_page(const PageHead& head, const cli::Manual& manual, std::string_view more,
                     const std::vector<std::string>& see_also) {
  std::string_view before = manual.before;
  std::string page = ".\\\" Generated from the program's tables and docs/man.\n.TH " + title_of(head.name) + " 1 " +
                     head.date + " \"threadecho " + head.version + "\" \"User Commands\"\n";
  page.append(".SH NAME\n").append(name_line(head)).append("\n.SH SYNOPSIS\n.nf\n").append(synopsis(before));
  page.append(".fi\n.SH DESCRIPTION\n").append(roff_of(before));
  if (!manual.options.empty()) {
    page.append(".SH OPTIONS\n").append(options_of(manual.options));
  }
  page.append(roff_of(manual.after)).append(roff_of(more)).append(".SH SEE ALSO\n");  // \% keeps a name on one line
  for (std::size_t i = 0; i < see_also.size(); ++i) {
    page.append(".BR \\%").append(literal(see_also[i])).append(i + 1 < see_also.size() ? " (1),\n" : " (1)\n");
  }
  return page;
}

}  // namespace threadecho::man
