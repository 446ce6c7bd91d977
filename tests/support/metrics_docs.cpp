#include "support/metrics_docs.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <sstream>

#include "support/markdown_table.h"

namespace threadecho::test {
namespace {

/// The texts between pairs of backticks.
std::vector<std::string> quoted_words(const std::string& cell) {
  std::vector<std::string> words;
  std::istringstream parts(cell);
  std::string outside;
  std::string inside;
  while (std::getline(parts, outside, '`') && std::getline(parts, inside, '`')) {
    words.push_back(inside);
  }
  return words;
}

/// The names before each `="` of a sample line.
std::set<std::string> labels_of(const std::string& sample) {
  std::set<std::string> labels;
  const auto open = sample.find('{');
  const auto close = sample.rfind('}');
  if (open == std::string::npos || close == std::string::npos) {
    return labels;
  }
  std::string rest = sample.substr(open + 1, close - open - 1);
  for (auto equals = rest.find("=\""); equals != std::string::npos; equals = rest.find("=\"")) {
    const auto begin = rest.rfind(',', equals);
    labels.insert(rest.substr(begin == std::string::npos ? 0 : begin + 1, equals - (begin + 1)));
    rest = rest.substr(rest.find('"', equals + 2) + 1);
  }
  labels.erase("le");
  return labels;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) {
    text.append(text.empty() ? "" : ", ").append(word);
  }
  return text;
}

}  // namespace

std::vector<DocumentedMetric> metrics_in_exposition(std::string_view text) {
  constexpr std::string_view kType = "# TYPE ";
  std::vector<DocumentedMetric> metrics;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(kType)) {
      std::istringstream words(line.substr(kType.size()));
      DocumentedMetric& metric = metrics.emplace_back();
      words >> metric.name >> metric.type;
    } else if (!line.starts_with('#') && !metrics.empty()) {
      std::set<std::string> labels = labels_of(line);
      labels.insert(metrics.back().labels.begin(), metrics.back().labels.end());
      metrics.back().labels.assign(labels.begin(), labels.end());
    }
  }
  return metrics;
}

std::vector<DocumentedMetric> metrics_in_readme(std::string_view text) {
  std::vector<DocumentedMetric> metrics;
  for (const std::vector<std::string>& cells : markdown_table(text, "## Metrics")) {
    for (const std::string& name : quoted_words(cells.at(0))) {
      std::vector<std::string> labels = quoted_words(cells.at(2));
      std::ranges::sort(labels);
      metrics.push_back({name, cells.at(1), labels});
    }
  }
  return metrics;
}

std::vector<std::string> differences(const std::vector<DocumentedMetric>& program,
                                     const std::vector<DocumentedMetric>& document) {
  std::vector<std::string> found;
  std::map<std::string, DocumentedMetric> documented;
  for (const DocumentedMetric& metric : document) {
    documented[metric.name] = metric;
  }
  for (const DocumentedMetric& metric : program) {
    const auto entry = documented.find(metric.name);
    if (entry == documented.end()) {
      found.push_back(metric.name + " is missing");
      continue;
    }
    if (entry->second.type != metric.type) {
      found.push_back(metric.name + " is a " + metric.type + ", not a " + entry->second.type);
    }
    if (entry->second.labels != metric.labels) {
      found.push_back(metric.name + " has the labels '" + joined(metric.labels) + "', not '" +
                      joined(entry->second.labels) + "'");
    }
    documented.erase(entry);
  }
  std::ranges::transform(documented, std::back_inserter(found),
                         [](const auto& entry) { return entry.first + " does not exist"; });
  return found;
}

}  // namespace threadecho::test
