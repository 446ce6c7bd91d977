#include "config/env_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <optional>
#include <system_error>

namespace threadecho::config {
namespace {

// What read_all found: a text, or errno.
struct Content {
  std::string text;
  int error = 0;
};

Content read_descriptor(int fd) {
  Content content;
  std::array<char, 16384> chunk{};
  while (content.text.size() <= kMaxDotenvBytes) {
    const ssize_t count = read(fd, chunk.data(), chunk.size());
    if (count == 0) {
      return content;
    }
    if (count < 0 && errno != EINTR) {
      content.error = errno;  // EISDIR, among others
      return content;
    }
    if (count > 0) {
      content.text.append(chunk.data(), static_cast<std::size_t>(count));
    }
  }
  content.error = EFBIG;
  return content;
}

Content read_all(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    return {{}, errno};
  }
  Content content = read_descriptor(fd);
  close(fd);
  return content;
}

std::string reason_for(int error, bool named) {
  switch (error) {
    case ENOENT:
    case ENOTDIR:
      return "no such file";
    case EISDIR:
      return named ? "a directory, not a file"
                   : "a directory, not a file (a bind mount of a missing .env creates one); remove it, or set ENV_FILE";
    case EFBIG:
      return "larger than 1 MiB";
    default:
      return "cannot be read: " + std::generic_category().message(error);
  }
}

}  // namespace

EnvFile read_env_file(const EnvFileRequest& request, const Environment& environment) {
  EnvFile file{request.path, {}, {}};
  const std::string path = (std::filesystem::path(request.directory) / request.path).string();
  const Content content = read_all(path);
  const bool is_missing = content.error == ENOENT || content.error == ENOTDIR;
  if (is_missing && !request.must_exist) {
    return file;
  }
  if (content.error != 0) {
    file.problems.push_back({"ENV_FILE", request.path, request.origin, reason_for(content.error, request.must_exist),
                             "a file that exists and can be read"});
    return file;
  }
  file.content = parse_dotenv(content.text, environment);
  for (const DotenvProblem& problem : file.content.problems) {
    file.problems.push_back({{}, {}, request.path + ":" + std::to_string(problem.line), problem.reason, {}});
  }
  return file;
}

}  // namespace threadecho::config
