// An asynchronous echo server as Boost.Asio's own examples write it: asio THREADS, all of which run one io_context.
// Each connection has a 64 KiB buffer and TCP_NODELAY. Says "port N" once it listens.
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

class Session : public std::enable_shared_from_this<Session> {
 public:
  explicit Session(tcp::socket socket) : socket_(std::move(socket)) {}

  void receive() {
    socket_.async_read_some(asio::buffer(buffer_), [self = shared_from_this()](error_code error, std::size_t size) {
      if (!error) {
        self->send(size);
      }
    });
  }

 private:
  void send(std::size_t size) {
    asio::async_write(socket_, asio::buffer(buffer_, size),
                      [self = shared_from_this()](error_code error, std::size_t /*size*/) {
                        if (!error) {
                          self->receive();
                        }
                      });
  }

  tcp::socket socket_;
  std::array<char, std::size_t{64} * 1024> buffer_;
};

void accept(tcp::acceptor& acceptor) {
  acceptor.async_accept([&acceptor](error_code error, tcp::socket socket) {
    if (!error) {
      socket.set_option(tcp::no_delay(true), error);
      std::make_shared<Session>(std::move(socket))->receive();
    }
    accept(acceptor);
  });
}

void serve(int threads) {
  // The hint 1 lets Asio leave out locks that one thread does not need.
  asio::io_context context(threads);
  tcp::acceptor acceptor(context, {asio::ip::address_v4::loopback(), 0});
  acceptor.listen(4096);
  std::printf("port %d\n", acceptor.local_endpoint().port());
  std::fflush(stdout);
  accept(acceptor);
  std::vector<std::thread> others;
  for (int i = 1; i < threads; ++i) {
    others.emplace_back([&context] { context.run(); });
  }
  context.run();
  for (auto& other : others) {
    other.join();
  }
}

}  // namespace

int main(int argc, char** argv) {
  constexpr int kMostThreads = 64;
  const int threads = argc > 1 ? std::atoi(argv[1]) : 1;
  if (argc > 2 || threads < 1 || threads > kMostThreads) {
    std::fprintf(stderr, "usage: asio [THREADS], 1 to %d\n", kMostThreads);
    return 2;
  }
  try {
    serve(threads);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "asio: %s\n", error.what());
    return 1;
  }
}
