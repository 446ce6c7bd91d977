#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/manual.h"

namespace threadecho::man {

/// What a page says of itself.
struct PageHead {
  std::string name;     ///< "threadecho-probe"
  std::string summary;  ///< one line, a sentence
  std::string version;
  std::string date;  ///< 2026-11-27
};

/// The page of a command in section 1, for man(7). `more` are sections written by hand, see roff_of(); `see_also` names
/// other pages of section 1.
std::string man_page(const PageHead& head, const cli::Manual& manual, std::string_view more,
                     const std::vector<std::string>& see_also);

}  // namespace threadecho::man
