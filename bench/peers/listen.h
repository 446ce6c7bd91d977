#ifndef THREADECHO_BENCH_LISTEN_H_
#define THREADECHO_BENCH_LISTEN_H_

// Code that the two servers in C share and that is not measured: it creates the listening socket.

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

// A listener on a free port of loopback, whose connections have TCP_NODELAY; `flags` are socket(2)'s, such as
// SOCK_NONBLOCK. Prints "port N"; ends the process when it cannot.
static inline int listen_on_any_port(int flags) {
  const int one = 1;
  struct sockaddr_in address;
  socklen_t length = sizeof address;
  memset(&address, 0, sizeof address);
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);
  if (fd < 0 || setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) != 0 ||
      bind(fd, (struct sockaddr*)&address, sizeof address) != 0 || listen(fd, 4096) != 0 ||
      getsockname(fd, (struct sockaddr*)&address, &length) != 0) {
    perror("listen");
    exit(1);
  }
  printf("port %d\n", ntohs(address.sin_port));
  fflush(stdout);
  return fd;
}

#endif
