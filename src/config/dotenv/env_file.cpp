#include "config/dotenv/env_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <string_view>
#include <system_error>

namespace threadecho::config {
namespace {

constexpr std::string_view kAllowed = "a regular file of at most 1 MiB that can be read";

// What read_all found: a text, or the reason why there is none.
struct Content {
  std::string text;
  bool is_missing = false;
  bool is_too_large = false;
  std::string reason = {};  ///< empty: the text was read
};

Content failed(int error) {
  if (error == ENOENT || error == ENOTDIR) {
    return {.text = {}, .is_missing = true, .reason = "no such file"};
  }
  if (error == ENXIO) {  // open(2): a socket, or a device without a driver
    return {.text = {}, .reason = "a socket or device, not a regular file"};
  }
  return {.text = {}, .reason = "cannot be read: " + std::generic_category().message(error)};
}

Content read_descriptor(int fd) {
  Content content;
  std::array<char, 16384> chunk{};
  while (content.text.size() <= kMaxDotenvBytes) {
    const ssize_t count = read(fd, chunk.data(), chunk.size());
    if (count == 0) {
      return content;
    }
    if (count < 0 && errno != EINTR) {
      return failed(errno);
    }
    if (count > 0) {
      content.text.append(chunk.data(), static_cast<std::size_t>(count));
    }
  }
  return {.text = {}, .is_too_large = true, .reason = "larger than 1 MiB"};
}

// A pipe without a writer, or with one that writes nothing, would make the start or a health check wait for ever.
Content read_if_regular(int fd) {
  struct stat status {};
  if (fstat(fd, &status) != 0) {
    return failed(errno);
  }
  if (S_ISDIR(status.st_mode)) {
    return {.text = {}, .reason = "a directory, not a file (a bind mount of a missing file creates one)"};
  }
  if (!S_ISREG(status.st_mode)) {
    return {.text = {}, .reason = S_ISFIFO(status.st_mode) ? "a pipe, not a regular file" : "not a regular file"};
  }
  return read_descriptor(fd);
}

Content read_all(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0) {
    return failed(errno);
  }
  Content content = read_if_regular(fd);
  close(fd);
  return content;
}

}  // namespace

EnvFile read_env_file(const EnvFileRequest& request, const Environment& environment) {
  EnvFile file{request.path, {}, {}, {}};
  const std::string path = (std::filesystem::path(request.directory) / request.path).string();
  const Content content = read_all(path);
  if (content.is_missing && !request.must_exist) {
    return file;
  }
  if (!content.reason.empty()) {
    if (request.must_exist || content.is_too_large) {
      file.problems.push_back({"ENV_FILE", request.path, request.origin, content.reason, std::string(kAllowed)});
    } else {
      file.warnings.push_back({"ENV_FILE", request.origin, request.path + " is ignored: " + content.reason});
    }
    return file;
  }
  file.content = parse_dotenv(content.text, environment);
  for (const DotenvProblem& problem : file.content.problems) {
    file.problems.push_back({{}, {}, request.path + ":" + std::to_string(problem.line), problem.reason, {}});
  }
  return file;
}

}  // namespace threadecho::config
