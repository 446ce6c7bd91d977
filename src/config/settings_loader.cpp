#include "config/settings_loader.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <set>
#include <utility>

#include "cli/spelling.h"
#include "config/cross_checks.h"
#include "config/dotenv/env_file.h"
#include "config/settings_table.h"

namespace threadecho::config {
namespace {

constexpr std::string_view kEnvFile = "ENV_FILE";
constexpr std::string_view kSocketOrigin = "socket of the service manager";

// A setting's text from the strongest source that has one.
struct Choice {
  Source source = Source::kDefault;
  std::string text;
  std::string origin;
};

// `file` is null until the loader knows which file to read.
Choice choose_given(const SettingRow& row, const Sources& sources, const EnvFile* file) {
  if (const auto flag = sources.flags.find(row.name); flag != sources.flags.end()) {
    return {Source::kFlag, flag->second, "flag " + flag_of(row.name)};
  }
  const auto variable = sources.environment.find(row.name);
  if (variable != sources.environment.end() && !variable->second.empty()) {
    return {Source::kEnvironment, variable->second, "environment"};
  }
  if (file != nullptr) {
    const auto& values = file->content.values;
    const auto found = values.find(row.name);
    if (found != values.end() && found->second.value && !found->second.value->empty()) {
      return {Source::kEnvFile, *found->second.value, file->path + ":" + std::to_string(found->second.line)};
    }
  }
  return {Source::kDefault, std::string(row.default_text), "default"};
}

Choice choose(const SettingRow& row, const Sources& sources, const EnvFile* file) {
  const auto socket = sources.sockets.values.find(row.name);
  return socket == sources.sockets.values.end() ? choose_given(row, sources, file)
                                                : Choice{Source::kSocket, socket->second, std::string(kSocketOrigin)};
}

// `FOO_PORT=tcp://10.0.0.1:80` is what Kubernetes (and once Docker's links) puts into a container's environment for a
// Service called foo; one called http makes it HTTP_PORT.
bool is_service_link(std::string_view text) {
  return text.starts_with("tcp://") || text.starts_with("udp://") || text.starts_with("sctp://");
}

constexpr std::string_view kServiceLink =
    "looks like a variable that Kubernetes injected for a Service (set enableServiceLinks: false in the pod's spec, or "
    "give the flag)";

class Loader {
 public:
  explicit Loader(const Sources& sources) : sources_(sources), problems_(sources.sockets.problems) {}

  Configuration load() {
    read_file();
    for (const SettingRow& row : settings_table()) {
      parse(row);
    }
    if (choices_.at("HTTP_BIND_ADDRESS").source == Source::kDefault) {
      settings_.http_bind_address = settings_.bind_address;
    }
    check_env_file_in_itself();
    check_together();
    if (!problems_.empty()) {
      throw SettingsError(std::move(problems_), settings_.log_format);
    }
    Configuration configuration{settings_, {}, warnings()};
    for (const SettingRow& row : settings_table()) {
      std::string text = row.kind.show(settings_);
      const Source source = choices_.at(row.name).source;
      configuration.values.push_back({row.name, text.empty() ? std::string(row.default_words) : text, source});
    }
    return configuration;
  }

 private:
  void read_file() {
    const Choice choice = choose(*find_setting(kEnvFile), sources_, nullptr);
    // A flag can be an empty text, which parse() refuses.
    if (!choice.text.empty()) {
      file_ = read_env_file({choice.text, sources_.directory, choice.origin, choice.source != Source::kDefault},
                            sources_.environment);
      problems_.insert(problems_.end(), file_.problems.begin(), file_.problems.end());
    }
  }

  void parse(const SettingRow& row) {
    const EnvFile* file = row.name == kEnvFile ? nullptr : &file_;
    const Choice& choice = choices_.emplace(row.name, choose(row, sources_, file)).first->second;
    if (choice.source == Source::kDefault) {
      return;  // Settings begins with it
    }
    if (auto reason = row.kind.parse(choice.text, settings_)) {
      wrong_.insert(row.name);
      problems_.push_back({std::string(row.name), choice.text, choice.origin,
                           is_service_link(choice.text) ? std::string(kServiceLink) : std::move(*reason),
                           row.kind.allowed});
    }
  }

  // The loader has chosen the file before it reads it: another name in it would silently have no effect.
  void check_env_file_in_itself() {
    const auto found = file_.content.values.find(kEnvFile);
    if (found == file_.content.values.end()) {
      return;
    }
    const std::string value = found->second.value.value_or("");
    if (!value.empty() && value != file_.path) {
      problems_.push_back({std::string(kEnvFile), value, file_.path + ":" + std::to_string(found->second.line),
                           "an .env file cannot name another one", "the flag --env-file, or the environment"});
    }
  }

  void check_together() {
    const auto given = [this](std::string_view name) -> std::optional<Given> {
      const Choice& choice = choices_.at(name);
      if (wrong_.contains(name) || choice.source == Source::kSocket) {  // a socket is bound already
        return std::nullopt;
      }
      return Given{choice.text, choice.origin};
    };
    std::optional<std::string> allowed;
    if (sources_.allowed_congestion_control && !settings_.congestion_control.empty()) {
      allowed = sources_.allowed_congestion_control();
    }
    for (Problem& problem : cross_check({settings_, given, std::move(allowed)})) {
      problems_.push_back(std::move(problem));
    }
  }

  // Names that are ignored, but close to a setting's, and a setting without effect.
  [[nodiscard]] std::vector<Warning> warnings() const {
    std::vector<Warning> warnings = file_.warnings;
    if (!settings_.proxy_port && !settings_.proxy_trusted.empty()) {
      warnings.push_back({"PROXY_TRUSTED", choices_.at("PROXY_TRUSTED").origin, "PROXY_PORT is off"});
    }
    std::vector<std::string_view> names;
    std::ranges::transform(settings_table(), std::back_inserter(names), &SettingRow::name);
    const auto consider = [&](const std::string& name, std::string_view value, const std::string& origin) {
      const std::string_view setting = cli::likely_variable(name, names);
      if (!setting.empty() && !is_service_link(value)) {
        warnings.push_back({name, origin, "not a setting; did you mean " + std::string(setting) + "?"});
      }
    };
    for (const SettingRow& row : settings_table()) {
      const Choice ignored = choose_given(row, sources_, &file_);
      if (choices_.at(row.name).source == Source::kSocket && ignored.source != Source::kDefault) {
        warnings.push_back({std::string(row.name), ignored.origin, "the service manager hands over a socket"});
      }
    }
    for (const auto& [name, value] : sources_.environment) {
      consider(name, value, "environment");
    }
    for (const auto& [name, entry] : file_.content.values) {
      consider(name, entry.value.value_or(""), file_.path + ":" + std::to_string(entry.line));
    }
    return warnings;
  }

  const Sources& sources_;
  EnvFile file_;
  Settings settings_;
  std::map<std::string_view, Choice> choices_;
  std::set<std::string_view> wrong_;
  std::vector<Problem> problems_;
};

}  // namespace

std::string_view to_string(Source source) {
  constexpr std::array<std::string_view, 5> kNames = {"socket", "flag", "environment", "env_file", "default"};
  return kNames.at(static_cast<std::size_t>(source));
}

std::optional<std::string> read_allowed_congestion_control() {
  std::ifstream file("/proc/sys/net/ipv4/tcp_allowed_congestion_control");
  std::string line;
  if (!std::getline(file, line)) {
    return std::nullopt;
  }
  return line;
}

Configuration load(const Sources& sources) { return Loader(sources).load(); }

}  // namespace threadecho::config
