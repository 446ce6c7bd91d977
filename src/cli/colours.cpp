#include "cli/colours.h"

#include <unistd.h>

#include <cstdlib>

namespace threadecho::cli {

bool has_colours() {
  const char* const no_colour =
      std::getenv("NO_COLOR");  // NOLINT(concurrency-mt-unsafe): the environment never changes
  return ::isatty(STDOUT_FILENO) == 1 && (no_colour == nullptr || *no_colour == '\0');
}

}  // namespace threadecho::cli
