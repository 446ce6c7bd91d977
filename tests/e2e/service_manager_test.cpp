#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <atomic>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "net/listen.h"
#include "support/http_client.h"
#include "support/notify_listener.h"
#include "support/server_process.h"
#include "support/test_client.h"
#include "support/thread_models.h"

namespace threadecho::test {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

net::Fd listen_at(std::string_view address) {
  net::ListenOptions options;
  options.address = address;
  options.backlog = 512;
  return net::listen_on(options);
}

/// The real program with a service manager that is the test.
class ServiceManagerOfServer : public ::testing::TestWithParam<std::string> {
 protected:
  [[nodiscard]] std::pair<std::string, std::string> notify_socket() const {
    return {"NOTIFY_SOCKET", listener_.address()};
  }
  static std::pair<std::string, std::string> model() { return {"THREAD_MODEL", GetParam()}; }

  NotifyListener listener_;
};
INSTANTIATE_TEST_SUITE_P(, ServiceManagerOfServer, ::testing::ValuesIn(all_thread_models), name_of_thread_model);

TEST_P(ServiceManagerOfServer, IsToldThatItServesWithHowManyConnectionsAndThatItDrains) {
  ServerProcess server({.arguments = {"--drain-timeout", "1d"}, .environment = {model(), notify_socket()}});
  EXPECT_EQ(listener_.wait_for("READY=1"), "READY=1\nSTATUS=serving, connections: 0");
  server.wait_until_serving();
  TestClient client(server.echo());
  EXPECT_EQ(client.echo("x"), "x");
  listener_.wait_for("STATUS=serving, connections: 1");
  server.signal(SIGTERM);
  listener_.wait_for("STOPPING=1");
  // More than once, since the drain takes longer.
  listener_.wait_for("STATUS=draining, connections: 1\nEXTEND_TIMEOUT_USEC=10000000");
  listener_.wait_for("STATUS=draining, connections: 1\nEXTEND_TIMEOUT_USEC=10000000");
  client.close();
  EXPECT_EQ(server.wait(), 0);
}

/// The id of the server's thread with this name; 0 while there is none.
pid_t thread_named(const ServerProcess& server, std::string_view name) {
  for (const auto& entry : std::filesystem::directory_iterator("/proc/" + std::to_string(server.pid()) + "/task")) {
    std::ifstream file(entry.path() / "comm");
    if (std::string comm; std::getline(file, comm) && comm == name) {
      return static_cast<pid_t>(std::stoi(entry.path().filename()));
    }
  }
  return 0;
}

TEST_P(ServiceManagerOfServer, HearsOfTheWatchdogOnlyWhileTheAcceptorAndTheHttpThreadRun) {
  ServerProcess server({.arguments = {}, .environment = {model(), notify_socket(), {"WATCHDOG_USEC", "2000000"}}});
  server.wait_until_serving();
  for (const std::string name : {"acceptor", "http"}) {
    listener_.wait_for("WATCHDOG=1");
    pid_t thread = 0;
    ASSERT_TRUE(eventually([&] { return (thread = thread_named(server, name)) != 0; }));
    const std::size_t said = server.output().size();  // on a busy machine a thread may have been late before
    ASSERT_EQ(::ptrace(PTRACE_SEIZE, thread, nullptr, nullptr), 0) << std::generic_category().message(errno);
    ASSERT_EQ(::ptrace(PTRACE_INTERRUPT, thread, nullptr, nullptr), 0);
    ASSERT_EQ(::waitpid(thread, nullptr, __WALL), thread);
    ASSERT_TRUE(eventually([&] { return server.output().find("thread=" + name, said) != std::string::npos; }));
    listener_.clear();
    EXPECT_THAT(listener_.next(1100ms).value_or(""), Not(HasSubstr("WATCHDOG"))) << name;
    ASSERT_EQ(::ptrace(PTRACE_DETACH, thread, nullptr, nullptr), 0);
    listener_.wait_for("WATCHDOG=1");
  }
}

/// Listeners that the test keeps, as a service manager does, and servers that they are handed over to.
class HandedOverSockets : public ServiceManagerOfServer {
 protected:
  [[nodiscard]] ServerProcess::Setup setup(std::vector<std::string> arguments = {}) const {
    return {.arguments = std::move(arguments),
            .environment = {model(), {"LISTEN_FDNAMES", "echo:http:identity:proxy"}},
            .passed = {echo_.get(), http_.get(), identity_.get(), proxy_.get()}};
  }
  static net::Endpoint endpoint(const net::Fd& listener) { return net::Endpoint::local_of(listener.get()); }
  [[nodiscard]] HttpAnswer get(std::string_view path) const { return http_get(endpoint(http_).port(), path); }

  net::Fd echo_ = listen_at("127.0.0.1");
  net::Fd http_ = listen_at("127.0.0.1");
  net::Fd identity_ = listen_at("127.0.0.1");
  net::Fd proxy_ = listen_at("127.0.0.1");
};
INSTANTIATE_TEST_SUITE_P(, HandedOverSockets, ::testing::ValuesIn(all_thread_models), name_of_thread_model);

TEST_P(HandedOverSockets, ServeWhatTheirNamesSayAndAreShownAsTheSettings) {
  ServerProcess server(setup());
  server.wait_until_serving();
  EXPECT_EQ(TestClient(endpoint(echo_)).echo("x"), "x");
  TestClient proxied(endpoint(proxy_));
  proxied.send("PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\nx");
  EXPECT_EQ(proxied.receive(1), "x");
  EXPECT_THAT(TestClient(endpoint(identity_)).receive_rest().bytes, HasSubstr("\"version\""));
  const std::string config = get("/config").body;
  for (const auto& [name, listener] :
       {std::pair{"PORT", &echo_}, {"HTTP_PORT", &http_}, {"IDENTITY_PORT", &identity_}, {"PROXY_PORT", &proxy_}}) {
    const std::string port = std::to_string(endpoint(*listener).port());
    EXPECT_THAT(config, HasSubstr("\"" + std::string(name) + "\": {\n    \"value\": \"" + port +
                                  "\",\n    \"source\": \"socket\"\n"));
  }
  EXPECT_THAT(server.output(), HasSubstr(" echo=" + endpoint(echo_).to_string() + " http="));
  EXPECT_THAT(server.output(), HasSubstr("name=PORT origin=environment reason=\"the service manager hands over"));
}

TEST_P(HandedOverSockets, MayBeSeveralForOneName) {
  net::Fd other = listen_at("127.0.0.2");
  net::Fd other_http = listen_at("127.0.0.1");
  net::Fd other_identity = listen_at("127.0.0.2");
  ServerProcess server(
      {.environment = {model(), {"LISTEN_FDNAMES", "echo:http:echo:identity:http:identity"}},
       .passed = {echo_.get(), http_.get(), other.get(), identity_.get(), other_http.get(), other_identity.get()}});
  server.wait_until_serving();
  for (const net::Fd* const listener : {&echo_, &other}) {
    EXPECT_EQ(TestClient(endpoint(*listener)).echo("x"), "x");
  }
  for (const net::Fd* const listener : {&http_, &other_http}) {
    EXPECT_EQ(http_get(endpoint(*listener).port(), "/healthz").status, 200);
  }
  for (const net::Fd* const listener : {&identity_, &other_identity}) {
    EXPECT_THAT(TestClient(endpoint(*listener)).receive_rest().bytes, HasSubstr("\"version\""));
  }
  EXPECT_THAT(server.output(),
              HasSubstr("echo=\"" + endpoint(echo_).to_string() + ", " + endpoint(other).to_string() + "\""));
  server.signal(SIGTERM);
  EXPECT_EQ(server.wait(), 0);
}

/// Whether the server has this socket, which other processes may have too.
bool has_open(const ServerProcess& server, const net::Fd& socket) {
  struct stat status {};
  ::fstat(socket.get(), &status);
  const std::string link = "socket:[" + std::to_string(status.st_ino) + "]";
  for (const auto& entry : std::filesystem::directory_iterator("/proc/" + std::to_string(server.pid()) + "/fd")) {
    std::error_code gone;
    if (std::filesystem::read_symlink(entry.path(), gone) == link) {
      return true;
    }
  }
  return false;
}

TEST_P(HandedOverSockets, KeepTheClientsOfADrainForTheNextProcess) {
  ServerProcess first(setup({"--drain-timeout", "1d"}));
  first.wait_until_serving();
  TestClient client(endpoint(echo_));
  EXPECT_EQ(client.echo("x"), "x");
  first.signal(SIGTERM);
  ASSERT_TRUE(eventually([&] { return !has_open(first, echo_) && !has_open(first, identity_); }));
  std::vector<TestClient> waiting;
  for (int i = 0; i < 20; ++i) {
    waiting.emplace_back(endpoint(echo_));
    waiting.back().send("later");
  }
  const TestClient identity(endpoint(identity_));
  EXPECT_EQ(client.echo("during"), "during");
  client.close();
  EXPECT_EQ(first.wait(), 0);
  ServerProcess second(setup());
  second.wait_until_serving();
  for (TestClient& each : waiting) {
    EXPECT_EQ(each.receive(5), "later");
    each.close();
  }
  EXPECT_THAT(identity.receive_rest().bytes, HasSubstr("\"version\""));
}

TEST_P(HandedOverSockets, RefuseAndResetNoClientInRestarts) {
  std::atomic<bool> stop{false};
  std::atomic<int> echoed{0};
  std::atomic<int> failed{0};
  std::vector<std::thread> clients;
  for (int i = 0; i < 4; ++i) {
    clients.emplace_back([&] {
      while (!stop) {
        try {
          const TestClient client(endpoint(echo_));
          ++(client.echo("x") == "x" ? echoed : failed);
          client.half_close();
          failed += client.receive_rest().error_number == 0 ? 0 : 1;
        } catch (const std::exception&) {
          ++failed;
        }
      }
    });
  }
  for (int i = 0; i < 10; ++i) {
    ServerProcess server(setup());
    server.wait_until_serving();
    const int before = echoed;
    EXPECT_TRUE(eventually([&] { return echoed > before + 20; }));
    server.signal(SIGTERM);
    EXPECT_EQ(server.wait(), 0);
  }
  ServerProcess last(setup());
  stop = true;
  for (std::thread& client : clients) {
    client.join();
  }
  EXPECT_EQ(failed, 0);
}

TEST_P(HandedOverSockets, GiveTheirSettingsToClientsThatCameBeforeTheServer) {
  TestClient early(endpoint(echo_));
  early.send("x");
  ServerProcess server(setup({"--idle-timeout", "200ms"}));
  EXPECT_EQ(early.receive(1), "x");
  EXPECT_EQ(early.receive_rest().error_number, 0);
  EXPECT_TRUE(eventually([&] { return server.output().find("reason=idle_timeout") != std::string::npos; }));
}

EndedProgram end_with(const std::string& names, std::vector<int> passed) {
  ServerProcess server({.environment = {{"LISTEN_FDNAMES", names}}, .passed = std::move(passed)});
  const int status = server.wait();
  return {status, server.output(), server.errors()};
}

TEST(HandedOverMistakes, AreAllReportedAtOnceWithStatusTwo) {
  const net::Fd echo = listen_at("127.0.0.1");
  const net::Fd unbound(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const net::Fd datagrams(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  const EndedProgram ended = end_with("echo:web:http:identity:echo:threadecho.socket",
                                      {echo.get(), echo.get(), unbound.get(), datagrams.get(), echo.get(), echo.get()});
  EXPECT_EQ(ended.status, 2);
  EXPECT_EQ(ended.errors,
            "threadecho: LISTEN_FDNAMES=\"web\" (descriptor 4): no service has this name; allowed: echo, http, "
            "identity, proxy (FileDescriptorName= of the socket unit)\n"
            "threadecho: LISTEN_FDNAMES=\"http\" (descriptor 5): does not listen; allowed: a socket unit with "
            "ListenStream=ADDRESS:PORT and Accept=no\n"
            "threadecho: LISTEN_FDNAMES=\"identity\" (descriptor 6): not a TCP socket; allowed: a socket unit with "
            "ListenStream=ADDRESS:PORT and Accept=no\n"
            "threadecho: LISTEN_FDNAMES=\"echo\" (descriptor 7): the same address as descriptor 3, " +
                net::Endpoint::local_of(echo.get()).to_string() +
                "; allowed: one socket for an address\n"
                "threadecho: LISTEN_FDNAMES=\"threadecho.socket\" (descriptor 8): no service has this name; allowed: "
                "echo, http, identity, proxy (FileDescriptorName= of the socket unit)\n");
}

TEST(HandedOverMistakes, IncludeANameTooFew) {
  const net::Fd echo = listen_at("127.0.0.1");
  const EndedProgram ended = end_with("echo", {echo.get(), echo.get()});
  EXPECT_EQ(ended.status, 2);
  EXPECT_THAT(ended.errors, HasSubstr("LISTEN_FDNAMES=\"echo\" (environment): not one name for each of 2 descriptors"));
}

TEST(HandedOverMistakes, AreNotThoseOfAnotherProcess) {
  ServerProcess server({.environment = {{"LISTEN_PID", "1"}, {"LISTEN_FDS", "9"}, {"LISTEN_FDNAMES", "x"}}});
  server.wait_until_serving();
  EXPECT_EQ(TestClient(server.echo()).echo("x"), "x");
}

TEST(NotifySocket, MayBeAPath) {
  NotifyListener listener(NotifyListener::Kind::kPath);
  ServerProcess server({.environment = {{"NOTIFY_SOCKET", listener.address()}}});
  listener.wait_for("READY=1");
}

}  // namespace
}  // namespace threadecho::test
