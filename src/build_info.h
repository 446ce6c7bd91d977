#pragma once

#include <string_view>

namespace threadecho {

/// What this program was built from and with; fixed at build time.
struct BuildInfo {
  std::string_view version;   ///< of project() in CMakeLists.txt, for example "0.2.0"
  std::string_view revision;  ///< git's abbreviated commit, with "-dirty" where it applies, or "unknown"
  std::string_view compiler;  ///< name and version, for example "GNU 12.2.0"
};

BuildInfo build_info();

}  // namespace threadecho
