// The real HAProxy in front of the real server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>

#include "net/endpoint.h"
#include "net/fd.h"
#include "net/listen.h"
#include "support/server_process.h"
#include "support/test_client.h"
#include "support/thread_models.h"

namespace threadecho::test {
namespace {

using ::testing::HasSubstr;

std::string path_of_haproxy() {
  for (const char* const path : {"/usr/sbin/haproxy", "/usr/local/sbin/haproxy"}) {
    if (::access(path, X_OK) == 0) {
      return path;
    }
  }
  return "";
}

std::string server_line(const std::string& name, std::uint16_t port, const std::string& options = "") {
  return "server " + name + " 127.0.0.1:" + std::to_string(port) + " " + options + "\n";
}

/// HAProxy with these lines of a section "listen". Listens on loopback, on a socket that it inherits. The
/// destructor ends it.
class Haproxy {
 public:
  explicit Haproxy(const std::string& lines)
      : listener_(net::listen_on({.address = "127.0.0.1", .port = 0, .setting = "", .before_listen = {}})) {
    const int inherited = ::dup(listener_.get());  // without close-on-exec
    const std::string text =
        "defaults\nmode tcp\ntimeout connect 10s\ntimeout client 1m\ntimeout server 1m\n"
        "listen echo\nbind fd@" +
        std::to_string(inherited) + "\n" + lines;
    std::string file = directory_.write("haproxy.cfg", text);
    std::string program = path_of_haproxy();
    std::string file_flag = "-f";
    std::string foreground = "-db";
    char* const arguments[] = {program.data(), file_flag.data(), file.data(), foreground.data(), nullptr};
    started_ = ::posix_spawn(&pid_, program.c_str(), nullptr, nullptr, arguments, environ) == 0;
    ::close(inherited);
  }
  ~Haproxy() {
    if (started_) {
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, nullptr, 0);
    }
  }
  Haproxy(const Haproxy&) = delete;
  Haproxy& operator=(const Haproxy&) = delete;

  [[nodiscard]] bool has_started() const { return started_; }
  [[nodiscard]] std::string target() const { return net::Endpoint::local_of(listener_.get()).to_string(); }
  [[nodiscard]] TestClient connect() const { return TestClient(net::Endpoint::local_of(listener_.get())); }

 private:
  TemporaryDirectory directory_;
  net::Fd listener_;
  pid_t pid_ = -1;
  bool started_ = false;
};

class IdentityBehindHaproxy : public ::testing::Test {
 protected:
  void SetUp() override {
    if (path_of_haproxy().empty()) {
      GTEST_SKIP() << "haproxy is not installed";
    }
    first_.wait_until_serving();
    second_.wait_until_serving();
  }
  static ServerProcess::Setup pod(const std::string& name) {
    return {.arguments = {"--identity-port", "0", "--bind-address", "127.0.0.1"},
            .environment = {{"POD_NAME", name}},
            .env_file = {}};
  }
  [[nodiscard]] nlohmann::json ask(const std::string& balance) const {
    const Haproxy haproxy("balance " + balance + "\n" + server_line("one", first_.identity_port()) +
                          server_line("two", second_.identity_port()));
    const EndedProgram ended = run_program({"identity", haproxy.target(), "--count", "40", "--json"});
    EXPECT_EQ(ended.status, 0) << ended.output << ended.errors;
    return nlohmann::json::parse(ended.output);
  }

  ServerProcess first_{pod("echo-1")};
  ServerProcess second_{pod("echo-2")};
};

TEST_F(IdentityBehindHaproxy, SpreadsOverTheServersInTurn) {
  const auto result = ask("roundrobin");
  ASSERT_EQ(result["servers"].size(), 2U);
  EXPECT_EQ(result["servers"][0]["connections"], 20);
  EXPECT_EQ(result["repeats"], 0);
  EXPECT_EQ(result["sticky"], false);
}

TEST_F(IdentityBehindHaproxy, SticksToOneServerByTheClientsAddress) {
  const auto result = ask("source");
  ASSERT_EQ(result["servers"].size(), 1U);
  EXPECT_EQ(result["servers"][0]["connections"], 40);
  EXPECT_EQ(result["sticky"], true);
}

class BehindHaproxy : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (path_of_haproxy().empty()) {
      GTEST_SKIP() << "haproxy is not installed";
    }
    server_.wait_until_serving();
  }

  /// A client through HAProxy has its bytes back; the server sees the client's address, and counts its header as
  /// `result` and those of health checks as `of_checks`.
  void expect_echo(const std::string& options, const std::string& result, const std::string& of_checks) {
    const Haproxy haproxy(server_line("one", server_.proxy_port(), options + " check check-send-proxy inter 100ms"));
    ASSERT_TRUE(haproxy.has_started());
    const std::string message = random_bytes(std::size_t{1024} * 1024, 1);
    const TestClient client = haproxy.connect();
    std::size_t echoed = 0;
    for (; echoed < message.size(); echoed += kPiece) {
      ASSERT_EQ(client.echo(message.substr(echoed, kPiece)), message.substr(echoed, kPiece));
    }
    nlohmann::json shown;
    EXPECT_TRUE(eventually([&] {  // the server counts just after the client has the last byte
      shown = nlohmann::json::parse(server_.get("/connections?sort=bytes&limit=1")).at("connections").at(0);
      return shown.at("echoed_bytes") == message.size();
    })) << shown;
    EXPECT_EQ(shown.at("peer"), client.local().to_string());
    EXPECT_THAT(shown.at("via").get<std::string>(), HasSubstr("127.0.0.1:"));
    EXPECT_GE(headers(result), 1);
    const double checks = headers(of_checks);
    EXPECT_TRUE(eventually([&] { return headers(of_checks) >= checks + 2; })) << "health checks pass and go on";
    client.half_close();
    EXPECT_EQ(client.receive_rest().error_number, 0);
    EXPECT_TRUE(eventually([&] { return server_.metric("threadecho_echoed_bytes_total") == double(message.size()); }));
    EXPECT_EQ(server_.metric("threadecho_received_bytes_total"), message.size()) << "no header among them";
    for (const char* const wrong : {"malformed", "timeout", "untrusted"}) {
      EXPECT_EQ(headers(wrong), 0) << wrong;
    }
    EXPECT_THAT(server_.output(), HasSubstr("peer=" + client.local().to_string() + " via=127.0.0.1:"));
  }

  [[nodiscard]] double headers(const std::string& result) const {
    return server_.metric("threadecho_proxy_headers_total{result=\"" + result + "\"}");
  }

 private:
  static constexpr std::size_t kPiece = std::size_t{64} * 1024;

  ServerProcess server_{{.arguments = {"--thread-model", GetParam(), "--proxy-port", "0", "--bind-address", "127.0.0.1",
                                       "--proxy-trusted", "127.0.0.0/8", "--pool-threads", "4"},
                         .environment = {},
                         .env_file = {}}};
};
INSTANTIATE_TEST_SUITE_P(, BehindHaproxy, ::testing::ValuesIn(all_thread_models), name_of_thread_model);

TEST_P(BehindHaproxy, ReadsHeadersOfVersionOne) { expect_echo("send-proxy", "v1", "v1"); }

TEST_P(BehindHaproxy, ReadsHeadersOfVersionTwo) { expect_echo("send-proxy-v2", "v2", "local"); }

TEST_P(BehindHaproxy, ReadsHeadersOfVersionTwoWithTlvs) {
  expect_echo("send-proxy-v2 proxy-v2-options crc32c,unique-id,authority", "v2", "local");
}

}  // namespace
}  // namespace threadecho::test
