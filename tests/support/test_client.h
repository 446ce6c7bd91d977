#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "net/endpoint.h"
#include "net/fd.h"
#include "support/eventually.h"

namespace threadecho::test {

/// A client of the echo service over a plain blocking socket. Every wait ends after kPatience with an exception, which
/// fails the test.
class TestClient {
 public:
  /// Throws std::system_error when it cannot connect. `receive_buffer` and `send_buffer` bound what the kernel holds on
  /// this side; 0 leaves them as they are.
  explicit TestClient(const net::Endpoint& server, int receive_buffer = 0, int send_buffer = 0);

  [[nodiscard]] int fd() const noexcept { return fd_.get(); }
  [[nodiscard]] net::Endpoint local() const { return net::Endpoint::local_of(fd_.get()); }

  /// Sends all of it; throws when the connection breaks.
  void send(std::string_view bytes) const;
  /// Sends what can be sent; false once the connection is broken, when a part may have been sent.
  bool try_send(std::string_view bytes) const { return send_until_broken(bytes) == bytes.size(); }
  /// The same; returns how many bytes were sent.
  [[nodiscard]] std::size_t send_until_broken(std::string_view bytes) const;
  /// Reads exactly `size` bytes; throws when the connection ends before.
  [[nodiscard]] std::string receive(std::size_t size) const;
  /// Sends, and reads as many bytes back.
  [[nodiscard]] std::string echo(std::string_view bytes) const;

  struct Rest {
    std::string bytes;
    int error_number = 0;  ///< 0: an orderly end of file
  };
  /// Reads until the connection ends, and says how.
  [[nodiscard]] Rest receive_rest() const;

  /// Closes the sending side: the client has nothing more to say.
  void half_close() const;
  void close() { fd_.reset(); }
  /// Closes with a reset.
  void reset();

 private:
  net::Fd fd_;
};

/// The loopback address with the port of `bound`, in the given family.
net::Endpoint loopback(const net::Endpoint& bound, std::string_view address = "127.0.0.1");

/// Bytes that look random and are the same for the same seed.
std::string random_bytes(std::size_t size, std::uint32_t seed);

}  // namespace threadecho::test
