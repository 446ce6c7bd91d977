#pragma once

#include <string>
#include <vector>

#include "config/dotenv.h"
#include "config/settings_error.h"

namespace threadecho::config {

struct EnvFile {
  std::string path;  ///< as the user knows it
  Dotenv content;
  std::vector<Problem> problems;  ///< that it cannot be had, or lines that cannot be read
};

/// Which file, and who asked for it.
struct EnvFileRequest {
  std::string path;       ///< relative to `directory`, or absolute
  std::string directory;  ///< "." or where a test keeps its files
  std::string origin;     ///< for problems: "flag --env-file", "environment" or "default"
  bool must_exist = false;
};

/// Reads and parses the file. A missing one is empty unless it must exist; a directory, a file that cannot be opened
/// and one beyond kMaxDotenvBytes are problems. Pipes are read to their end (`--env-file <(...)` of a shell).
EnvFile read_env_file(const EnvFileRequest& request, const Environment& environment);

}  // namespace threadecho::config
