// The plainest echo server that waits for readiness: epoll N, with N threads, each with an epoll of its own. The first
// thread also accepts, and deals the connections out in turn. Level-triggered; a client that does not take its echo is
// not read from until it does. Says "port N" once it listens.
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "listen.h"

enum { kBufferSize = 64 * 1024, kEventsAtOnce = 128, kMostThreads = 64 };

struct connection {
  int fd;
  char* unsent;  // what the kernel would not take; nothing is received while there is any
  size_t size;
  size_t sent;
};

struct worker {
  int epoll;
  int listener;  // -1 but for the first
};

static struct worker workers[kMostThreads];
static size_t worker_count = 1;
static size_t next_worker = 0;

static void watch(int epoll, int operation, int fd, uint32_t events, void* whose) {
  struct epoll_event event = {.events = events, .data = {.ptr = whose}};
  if (epoll_ctl(epoll, operation, fd, &event) != 0) {
    perror("epoll_ctl");
    exit(1);
  }
}

static void accept_waiting(int listener) {
  for (;;) {
    const int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) {
      return;
    }
    struct connection* connection = calloc(1, sizeof *connection);
    if (connection == NULL) {
      close(fd);
      return;
    }
    connection->fd = fd;
    watch(workers[next_worker].epoll, EPOLL_CTL_ADD, fd, EPOLLIN, connection);
    next_worker = (next_worker + 1) % worker_count;
  }
}

static void end(struct connection* connection) {
  close(connection->fd);
  free(connection->unsent);
  free(connection);
}

// Keeps what is left, and waits until the socket takes it.
static void keep(int epoll, struct connection* connection, const char* rest, size_t size) {
  connection->unsent = malloc(size);
  if (connection->unsent == NULL) {
    end(connection);
    return;
  }
  memcpy(connection->unsent, rest, size);
  connection->size = size;
  connection->sent = 0;
  watch(epoll, EPOLL_CTL_MOD, connection->fd, EPOLLOUT, connection);
}

static void flush(int epoll, struct connection* connection) {
  const ssize_t sent = send(connection->fd, connection->unsent + connection->sent, connection->size - connection->sent,
                            MSG_NOSIGNAL);
  if (sent < 0) {
    if (errno != EAGAIN) {
      end(connection);
    }
    return;
  }
  connection->sent += (size_t)sent;
  if (connection->sent == connection->size) {
    free(connection->unsent);
    connection->unsent = NULL;
    watch(epoll, EPOLL_CTL_MOD, connection->fd, EPOLLIN, connection);
  }
}

static void echo(int epoll, struct connection* connection, char* buffer) {
  const ssize_t size = recv(connection->fd, buffer, kBufferSize, 0);
  if (size <= 0) {
    if (size == 0 || errno != EAGAIN) {
      end(connection);
    }
    return;
  }
  const ssize_t sent = send(connection->fd, buffer, (size_t)size, MSG_NOSIGNAL);
  if (sent < 0 && errno != EAGAIN) {
    end(connection);
  } else if (sent < size) {
    const size_t gone = sent < 0 ? 0 : (size_t)sent;
    keep(epoll, connection, buffer + gone, (size_t)size - gone);
  }
}

static void* work(void* argument) {
  const struct worker* worker = argument;
  static _Thread_local char buffer[kBufferSize];
  struct epoll_event events[kEventsAtOnce];
  for (;;) {
    const int count = epoll_wait(worker->epoll, events, kEventsAtOnce, -1);
    for (int i = 0; i < count; ++i) {
      struct connection* connection = events[i].data.ptr;
      if (connection == NULL) {
        accept_waiting(worker->listener);
      } else if (connection->unsent != NULL) {
        flush(worker->epoll, connection);
      } else {
        echo(worker->epoll, connection, buffer);
      }
    }
  }
  return NULL;
}

int main(int argc, char** argv) {
  const long asked = argc > 1 ? strtol(argv[1], NULL, 10) : 1;
  if (argc > 2 || asked < 1 || asked > kMostThreads) {
    fprintf(stderr, "usage: epoll [THREADS], 1 to %d\n", kMostThreads);
    return 2;
  }
  worker_count = (size_t)asked;
  for (size_t i = 0; i < worker_count; ++i) {
    workers[i] = (struct worker){.epoll = epoll_create1(EPOLL_CLOEXEC), .listener = -1};
  }
  workers[0].listener = listen_on_any_port(SOCK_NONBLOCK);
  watch(workers[0].epoll, EPOLL_CTL_ADD, workers[0].listener, EPOLLIN, NULL);
  for (size_t i = 1; i < worker_count; ++i) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, work, &workers[i]) != 0) {
      perror("pthread_create");
      return 1;
    }
  }
  work(&workers[0]);
}
