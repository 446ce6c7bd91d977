#pragma once

#include <cstdint>
#include <vector>

namespace threadecho::load {

/// Which events epoll reports to one client of a load, and a call for each change only. Its events carry `client`.
/// All throw std::system_error if epoll refuses.
class EpollInterest {
 public:
  /// These sockets connect: they are reported when they are connected, or failed. The one that is used in the end has
  /// this interest already.
  void add_connecting(int epoll, const std::vector<int>& sockets, void* client);
  /// The connection reads, and perhaps waits for room to send.
  void set(int epoll, int fd, bool wants_to_write, void* client);
  /// The descriptor is closed: epoll has forgotten it.
  void clear() noexcept { events_ = 0; }

 private:
  std::uint32_t events_ = 0;
};

}  // namespace threadecho::load
