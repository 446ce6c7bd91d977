#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace threadecho::test {

/// A metric family as a document, or the program, tells of it.
struct DocumentedMetric {
  std::string name;
  std::string type;                 ///< "counter", "gauge", "histogram"
  std::vector<std::string> labels;  ///< sorted; without `le`
};

/// Families of the Prometheus text format.
std::vector<DocumentedMetric> metrics_in_exposition(std::string_view text);

/// Rows "| `name` | type | `label`, `label` | ..." under the heading "## Metrics".
std::vector<DocumentedMetric> metrics_in_readme(std::string_view text);

/// What is wrong with the document, one sentence each: families that are missing or unknown, and other types or labels.
std::vector<std::string> differences(const std::vector<DocumentedMetric>& program,
                                     const std::vector<DocumentedMetric>& document);

}  // namespace threadecho::test
