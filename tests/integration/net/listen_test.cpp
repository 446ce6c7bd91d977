#include "net/listen.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <cstdint>

#include "support/test_client.h"

namespace threadecho::test {
namespace {

net::Fd listen_on_loopback(std::uint16_t port) {
  net::ListenOptions options;
  options.address = "127.0.0.1";
  options.port = port;
  return net::listen_on(options);
}

TEST(ListenOn, TakesAPortWhoseLastConnectionIsInTimeWait) {
  net::Fd listener = listen_on_loopback(0);
  const net::Endpoint endpoint = net::Endpoint::local_of(listener.get());
  TestClient client(endpoint);
  net::Fd accepted(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
  ASSERT_TRUE(accepted);
  accepted.reset();  // the server closes first, so the connection waits on its side
  EXPECT_EQ(client.receive_rest().error_number, 0);
  client.close();
  listener.reset();
  EXPECT_NO_THROW(static_cast<void>(listen_on_loopback(endpoint.port())));
}

TEST(ListenOn, LeavesNothingToAProgramThatIsStarted) {
  const net::Fd listener = net::listen_on({});
  EXPECT_EQ(::fcntl(listener.get(), F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
  EXPECT_EQ(::fcntl(listener.get(), F_GETFL) & O_NONBLOCK, O_NONBLOCK) << "a client may go between poll and accept";
}

}  // namespace
}  // namespace threadecho::test
