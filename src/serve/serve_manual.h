#pragma once

#include "cli/manual.h"

namespace threadecho::serve {

/// Of `threadecho --help`: commands, every setting of the table, exit statuses, an example.
cli::Manual serve_manual();

}  // namespace threadecho::serve
