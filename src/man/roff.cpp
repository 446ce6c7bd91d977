#include "man/roff.h"

#include <algorithm>
#include <array>
#include <sstream>
#include <utility>

namespace threadecho::man {
namespace {

using Section = std::pair<std::string_view, std::string_view>;

// How a paragraph of --help begins, and the section that it begins in a man page.
constexpr std::array kSections = {
    Section{"Exit statuses", "EXIT STATUS"}, Section{"JSON:", "JSON"},
    Section{"Examples:", "EXAMPLES"},        Section{"Example:", "EXAMPLES"},
    Section{"Durations:", "UNITS"},          Section{"Settings of the server", "SETTINGS"},
};

/// Escapes the characters that troff interprets within a line.
std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '\\':
        result.append("\\e");
        break;
      case '-':
        result.append("\\-");
        break;
      case '\'':
        result.append("\\(aq");
        break;
      case '`':
        result.append("\\(ga");
        break;
      case '^':
        result.append("\\(ha");
        break;
      case '~':
        result.append("\\(ti");
        break;
      default:
        result.push_back(c);
    }
  }
  return result;
}

/// Words of prose, with flags and what stands between backquotes in bold.
std::string prose(std::string_view text) {
  std::string result;
  bool is_bold = false;
  std::istringstream words{std::string(text)};
  for (std::string word; words >> word;) {
    result.append(result.empty() ? "" : " ");
    const bool is_flag = !is_bold && word.starts_with("--") && word.size() > 2;
    const std::size_t end = is_flag ? std::min(word.find_first_of(".,;:)"), word.size()) : 0;
    if (is_flag) {
      result.append("\\fB").append(escaped(word.substr(0, end))).append("\\fR");
    }
    for (const char c : word.substr(end)) {
      if (c == '`') {
        is_bold = !is_bold;
        result.append(is_bold ? "\\fB" : "\\fR");
      } else if (c == '-' && !is_bold) {
        result.push_back(c);  // a hyphen
      } else {
        result.append(escaped(std::string_view(&c, 1)));
      }
    }
  }
  if (result.starts_with('.') || result.starts_with('\'')) {
    result.insert(0, "\\&");
  }
  return result;
}

bool is_heading(std::string_view line) {
  return line.size() > 2 && std::ranges::all_of(line, [](char c) { return (c >= 'A' && c <= 'Z') || c == ' '; }) &&
         line.front() != ' ';
}

/// Writes blocks one after the other, and keeps track of the open block.
class Writer {
 public:
  void paragraph(std::string_view text) {
    end_literal();
    bool begins_section = false;
    for (const auto& [begin, section] : kSections) {
      if (text.starts_with(begin)) {
        heading(section);
        const std::size_t rest = text.find_first_of(";:");
        text.remove_prefix(section == "SETTINGS" || section == "UNITS" ? 0 : std::min(rest + 1, text.size()));
        begins_section = section != "JSON";  // which begins with a key
        break;
      }
    }
    std::string words = prose(text);
    if (!words.empty()) {
      if (begins_section && words.front() >= 'a' && words.front() <= 'z') {
        words.front() = static_cast<char>(words.front() - 'a' + 'A');
      }
      out_.append(is_first_ ? "" : ".PP\n").append(words).append("\n");
      is_first_ = false;
    }
  }

  void heading(std::string_view name) {
    end_literal();
    out_.append(".SH ").append(name).append("\n");
    is_first_ = true;
  }

  void indented(std::string_view line) {
    line.remove_prefix(line.find_first_not_of(' '));
    const std::size_t gap = line.find("  ");
    if (gap != std::string_view::npos) {
      end_literal();
      out_.append(".TP\n\\fB").append(literal(line.substr(0, gap))).append("\\fR\n");
      out_.append(prose(line.substr(gap))).append("\n");
      is_first_ = false;
      return;
    }
    if (!is_literal_) {
      out_.append(is_first_ ? "" : ".PP\n").append(".nf\n.RS 4\n");
    }
    is_literal_ = true;
    is_first_ = false;
    out_.append(literal(line)).append("\n");
  }

  std::string take() {
    end_literal();
    return std::move(out_);
  }

 private:
  void end_literal() {
    out_.append(is_literal_ ? ".RE\n.fi\n" : "");
    is_literal_ = false;
  }

  std::string out_;
  bool is_literal_ = false;
  bool is_first_ = true;  ///< of its section: no request for a paragraph
};

}  // namespace

std::string literal(std::string_view text) {
  std::string result = escaped(text);
  return result.starts_with('.') ? "\\&" + result : result;
}

std::string roff_of(std::string_view text) {
  Writer writer;
  std::istringstream lines{std::string(text)};
  std::string paragraph;
  const auto end_paragraph = [&] {
    if (!paragraph.empty()) {
      writer.paragraph(std::exchange(paragraph, {}));
    }
  };
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line.front() == ' ' || is_heading(line)) {
      end_paragraph();
    }
    if (is_heading(line)) {
      writer.heading(line);
    } else if (line.starts_with(' ')) {
      writer.indented(line);
    } else if (!line.empty()) {
      paragraph.append(paragraph.empty() ? "" : " ").append(line);
    }
  }
  end_paragraph();
  return writer.take();
}

}  // namespace threadecho::man
