// The plainest echo server with a thread for each connection: what threadecho's per-connection model is measured
// against. Blocking sockets, TCP_NODELAY, a 64 KiB buffer on the thread's stack, detached threads, and whatever stack
// the system gives a thread. Says "port N" once it listens.
#define _GNU_SOURCE
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "listen.h"

enum { kBufferSize = 64 * 1024 };

static void* echo(void* argument) {
  const int fd = (int)(intptr_t)argument;
  char buffer[kBufferSize];
  for (;;) {
    const ssize_t size = recv(fd, buffer, sizeof buffer, 0);
    if (size <= 0) {
      break;
    }
    for (ssize_t sent = 0; sent < size;) {
      const ssize_t now = send(fd, buffer + sent, (size_t)(size - sent), MSG_NOSIGNAL);
      if (now < 0) {
        close(fd);
        return NULL;
      }
      sent += now;
    }
  }
  close(fd);
  return NULL;
}

int main(void) {
  const int listener = listen_on_any_port(0);
  pthread_attr_t detached;
  pthread_attr_init(&detached);
  pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
  for (;;) {
    const int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    pthread_t thread;
    if (fd >= 0 && pthread_create(&thread, &detached, echo, (void*)(intptr_t)fd) != 0) {
      close(fd);
    }
  }
}
