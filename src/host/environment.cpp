#include "host/environment.h"

#include <unistd.h>

#include <cstddef>
#include <string_view>

namespace threadecho::host {

Environment process_environment() {
  Environment environment;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const std::size_t equals = text.find('=');
    if (equals != std::string_view::npos) {
      // The first of equal names counts, as for getenv(3).
      environment.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
  }
  return environment;
}

}  // namespace threadecho::host
