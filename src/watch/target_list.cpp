#include "watch/target_list.h"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

namespace threadecho::watch {
namespace {

constexpr std::string_view kSeparators = ", \t\r";

/// Editors of some systems begin a file with it.
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

TargetList::TargetList(std::vector<client::Target> first) : targets(std::move(first)) {
  for (const client::Target& target : targets) {
    names_.insert(target.to_string());
  }
}

void TargetList::add(std::string_view text, const std::string& origin, const client::ConnectFlags& flags) {
  const auto problem = [&](std::string reason) {
    problems.push_back(
        {.name = "TARGET", .value = std::string(text), .origin = origin, .reason = std::move(reason), .allowed = {}});
  };
  const auto parsed = client::parse_target(text, flags);
  if (!parsed.ok()) {
    problem(parsed.reason());
    return;
  }
  if (!names_.insert(parsed.value().to_string()).second) {
    problem("given more than once");
    return;
  }
  targets.push_back(parsed.value());
}

void TargetList::add_all(std::string_view text, const std::string& origin, const client::ConnectFlags& flags) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(kSeparators), text.size());
    if (end > 0) {
      add(text.substr(0, end), origin, flags);
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

void TargetList::add_file(const std::string& path, const client::ConnectFlags& flags) {
  const auto problem = [&](std::string reason) {
    problems.push_back(
        {.name = "WATCH_TARGETS_FILE", .value = path, .origin = "file", .reason = std::move(reason), .allowed = {}});
  };
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) {  // a pipe could block for ever
    problem(error ? error.message() : "not a regular file");
    return;
  }
  if (std::filesystem::file_size(path, error) > kMostFileBytes) {
    problem("larger than 4 MiB");
    return;
  }
  std::ifstream file(path);
  if (!file) {
    problem(std::generic_category().message(errno));
    return;
  }
  int number = 0;
  for (std::string line; std::getline(file, line);) {
    const std::string origin = path + ":" + std::to_string(++number);
    std::string_view text = std::string_view(line).substr(0, line.find('#'));
    if (number == 1 && text.starts_with(kByteOrderMark)) {
      text.remove_prefix(kByteOrderMark.size());
    }
    add_all(text, origin, flags);
  }
}

}  // namespace threadecho::watch
