#include "cli/manual.h"

namespace threadecho::cli {

std::string help_text(const Manual& manual, std::size_t width) {
  return wrapped(manual.before + options_text(manual.options) + manual.after, width);
}

std::vector<Option> for_manual(std::vector<Option> options) {
  for (Option& option : options) {
    option.take = {};
  }
  return options;
}

}  // namespace threadecho::cli
