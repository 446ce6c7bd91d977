#pragma once

namespace threadecho::test {

/// As long as it lives, no socket can be added to an epoll set by the acceptor's thread (ENOSPC: the user has too many
/// watches, epoll_ctl(2)).
class FailingEpoll {
 public:
  FailingEpoll();
  ~FailingEpoll();
  FailingEpoll(const FailingEpoll&) = delete;
  FailingEpoll& operator=(const FailingEpoll&) = delete;
};

}  // namespace threadecho::test
