#pragma once

#include <string>
#include <vector>

#include "config/dotenv/dotenv.h"
#include "config/settings_error.h"

namespace threadecho::config {

struct EnvFile {
  std::string path;  ///< as the user knows it
  Dotenv content;
  std::vector<Problem> problems;  ///< the file, or lines of it, cannot be read
  std::vector<Warning> warnings;  ///< why the default file is ignored
};

/// Which file, and who asked for it.
struct EnvFileRequest {
  std::string path;       ///< relative to `directory`, or absolute
  std::string directory;  ///< "." or where a test keeps its files
  std::string origin;     ///< for problems: "flag --env-file", "environment" or "default"
  bool must_exist = false;
};

/// Reads and parses the file, and never blocks. Where it must exist, a file that is missing, cannot be read or is not a
/// regular file (a directory, pipe, socket or device) is a problem. The default file may be missing, and is otherwise
/// skipped with a warning: a service must start in a directory that it may not search. More than kMaxDotenvBytes is
/// always a problem, as a line that cannot be read is.
EnvFile read_env_file(const EnvFileRequest& request, const Environment& environment);

}  // namespace threadecho::config
