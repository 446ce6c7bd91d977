#include "load/epoll_interest.h"

#include <sys/epoll.h>

#include <cerrno>
#include <system_error>

namespace threadecho::load {
namespace {

void tell_epoll(int epoll, int operation, int fd, std::uint32_t events, void* client) {
  epoll_event event{.events = events, .data = {.ptr = client}};
  if (::epoll_ctl(epoll, operation, fd, &event) != 0) {
    throw std::system_error(errno, std::generic_category(), "epoll_ctl");
  }
}

}  // namespace

void EpollInterest::add_connecting(int epoll, const std::vector<int>& sockets, void* client) {
  events_ = EPOLLOUT;
  for (const int fd : sockets) {
    tell_epoll(epoll, EPOLL_CTL_ADD, fd, events_, client);
  }
}

void EpollInterest::set(int epoll, int fd, bool wants_to_write, void* client) {
  const std::uint32_t before = events_;
  events_ = EPOLLIN | (wants_to_write ? EPOLLOUT : 0U);
  if (events_ != before) {
    tell_epoll(epoll, before == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, fd, events_, client);
  }
}

}  // namespace threadecho::load
