#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/dotenv/dotenv.h"
#include "config/serve_arguments.h"
#include "config/settings.h"
#include "config/settings_error.h"

namespace threadecho::config {

/// Where a value came from, the strongest first.
enum class Source { kSocket, kFlag, kEnvironment, kEnvFile, kDefault };

/// "socket", "flag", "environment", "env_file" or "default".
std::string_view to_string(Source source);

/// One setting as GET /config shows it.
struct Value {
  std::string_view name;  ///< of the variable; points into the table
  std::string text;       ///< canonical: `1m30s` for `90s`; "as the system's" where the system decides
  Source source = Source::kDefault;
};

struct Configuration {
  Settings settings;
  std::vector<Value> values;      ///< one for each row of the table, in its order
  std::vector<Warning> warnings;  ///< what was given and is ignored
};

/// Listening sockets that a service manager has handed over, as settings.
struct SocketSettings {
  std::map<std::string, std::string, std::less<>> values;  ///< ports and addresses, by the variable's name
  std::vector<Problem> problems;                           ///< with what was handed over
};

/// What settings are read from.
struct Sources {
  Flags flags;
  Environment environment;
  std::string directory = ".";  ///< `.env` and a relative ENV_FILE are looked for here, and nowhere else
  /// The text of tcp_allowed_congestion_control, or nothing when it cannot be read; then the listener decides.
  std::function<std::optional<std::string>()> allowed_congestion_control;
  SocketSettings sockets = {};
};

/// The kernel's list of congestion controls that processes without privileges may use; nothing when there is none.
std::optional<std::string> read_allowed_congestion_control();

/// Socket over flag over environment variable over `.env` file over default; an empty variable counts as unset. A
/// setting that a socket overrides gets a warning. Only the value that counts is checked: what a stronger source
/// overrides may be wrong. Throws SettingsError with every problem.
Configuration load(const Sources& sources);

}  // namespace threadecho::config
