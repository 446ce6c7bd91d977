#pragma once

#include <string>

namespace threadecho::config {

/// What `threadecho --help` prints: commands, every setting of the table, exit statuses, an example. At most 100
/// columns.
std::string help_text();

}  // namespace threadecho::config
