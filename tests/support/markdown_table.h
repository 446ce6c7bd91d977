#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace threadecho::test {

/// The cells of each row of the tables under a heading of the second level ("## Metrics"), without the rows above and
/// of the rule `|---|`.
std::vector<std::vector<std::string>> markdown_table(std::string_view text, std::string_view heading);

}  // namespace threadecho::test
