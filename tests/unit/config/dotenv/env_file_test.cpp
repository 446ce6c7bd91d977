#include "config/dotenv/env_file.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <string>

#include "net/fd.h"
#include "support/load_settings.h"

namespace threadecho::config {
namespace {

using test::LoadSettings;
using ::testing::AllOf;
using ::testing::HasSubstr;

/// Reads the file called `.env`, as the default and by its name.
class EnvFiles : public LoadSettings {
 protected:
  [[nodiscard]] std::string path() const { return (directory_ / ".env").string(); }

  /// The default file is skipped with this warning, and the rest of the settings counts.
  [[nodiscard]] std::string warning_of_the_default() {
    sources_.environment = {{"PORT", "7"}};
    const Configuration configuration = load(sources_);
    EXPECT_EQ(configuration.settings.port, 7);
    EXPECT_EQ(configuration.warnings.size(), 1U);
    if (configuration.warnings.empty()) {
      return {};
    }
    EXPECT_EQ(configuration.warnings[0].name, "ENV_FILE");
    EXPECT_EQ(configuration.warnings[0].origin, "default");
    return configuration.warnings[0].reason;
  }
  [[nodiscard]] std::string problem_when_named() {
    sources_.environment = {{"ENV_FILE", path()}};
    return only_problem();
  }
};

TEST_F(EnvFiles, ThatAreMissingByDefaultAreNotWorthAWarning) {
  EXPECT_TRUE(load(sources_).warnings.empty());
  sources_.directory = "/dev/null";  // ENOTDIR
  EXPECT_TRUE(load(sources_).warnings.empty());
}

TEST_F(EnvFiles, ThatAreADirectory) {
  std::filesystem::create_directory(path());
  EXPECT_THAT(warning_of_the_default(), AllOf(HasSubstr(".env is ignored: a directory"), HasSubstr("bind mount")));
  EXPECT_THAT(problem_when_named(), AllOf(HasSubstr("(environment): a directory"), HasSubstr("a regular file")));
}

// An open of a pipe without a writer waits for one, and a read from one with a writer waits for data.
TEST_F(EnvFiles, ThatAreAPipeDoNotBlock) {
  ASSERT_EQ(::mkfifo(path().c_str(), 0600), 0);
  EXPECT_THAT(warning_of_the_default(), HasSubstr(".env is ignored: a pipe"));
  EXPECT_THAT(problem_when_named(), HasSubstr("(environment): a pipe"));
  const net::Fd silent(::open(path().c_str(), O_RDWR | O_CLOEXEC));
  ASSERT_TRUE(silent);
  EXPECT_THAT(warning_of_the_default(), HasSubstr("a pipe"));
  EXPECT_THAT(problem_when_named(), HasSubstr("a pipe"));
}

TEST_F(EnvFiles, ThatAreASocket) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  ASSERT_LT(path().size(), sizeof address.sun_path);
  std::ranges::copy(path(), std::begin(address.sun_path));
  const net::Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  ASSERT_EQ(::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  EXPECT_THAT(warning_of_the_default(), HasSubstr("a socket"));
  EXPECT_THAT(problem_when_named(), HasSubstr("a socket"));
}

TEST_F(EnvFiles, ThatAreADevice) {
  std::filesystem::create_symlink("/dev/zero", path());
  EXPECT_THAT(warning_of_the_default(), HasSubstr("not a regular file"));
  EXPECT_THAT(problem_when_named(), HasSubstr("not a regular file"));
}

TEST_F(EnvFiles, ThatCannotBeRead) {
  write(".env", "PORT=1\n");
  std::filesystem::permissions(path(), std::filesystem::perms::none);
  if (::geteuid() == 0) {
    // Permissions do not stop root; a loop of links does, in the same way.
    std::filesystem::remove(path());
    std::filesystem::create_symlink(".env", path());
  }
  EXPECT_THAT(warning_of_the_default(), HasSubstr(".env is ignored: cannot be read: "));
  EXPECT_THAT(problem_when_named(), HasSubstr("(environment): cannot be read: "));
}

TEST_F(EnvFiles, ThatAreTooLargeAreRefusedByDefaultToo) {
  write(".env", "");
  std::filesystem::resize_file(path(), kMaxDotenvBytes + 1);
  EXPECT_THAT(only_problem(), HasSubstr("ENV_FILE=\".env\" (default): larger than 1 MiB"));
}

}  // namespace
}  // namespace threadecho::config
