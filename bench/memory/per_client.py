#!/usr/bin/env python3
"""per_client.py THREADECHO [CLIENTS]: what a client costs in a container, in KiB of the cgroup's memory: idle, busy
with messages of BUFFER_SIZE, and one that sends and never reads; in both models. As root, on an otherwise idle machine.
docs/kubernetes.md makes the limit of a pod from these figures."""

import contextlib
import re
import resource
import socket
import subprocess
import sys
import time
from pathlib import Path

from cgroup import Cgroup

KIB = 1024
BUFFER = 16 * KIB
CASES = [(model, buffers) for model in ("per-connection", "pool") for buffers in ("", "64KiB", "16KiB")]


@contextlib.contextmanager
def serving(binary, cgroup, prefix=(), **settings):
    environment = {"BIND_ADDRESS": "127.0.0.1", "PORT": "0", "HTTP_PORT": "0", "WRITE_TIMEOUT": "0s", "DRAIN_TIMEOUT":
                   "0s", "LOG_LEVEL": "info", "LOG_FORMAT": "json", "BUFFER_SIZE": str(BUFFER), **settings}
    with subprocess.Popen([*prefix, binary], env=environment, stdout=subprocess.PIPE, text=True,
                          preexec_fn=cgroup.enter) as server:
        try:
            serving = next(line for line in server.stdout if '"message":"serving"' in line)
            yield int(re.search(r'"echo":"[^"]*:(\d+)"', serving).group(1))
        finally:
            server.kill()


def echoed(port, host="127.0.0.1"):
    client = socket.create_connection((host, port), timeout=60)
    client.sendall(b"hello")
    while not client.recv(64):
        pass
    return client


def never_reading(port, count, host="127.0.0.1", read_seconds=0.0):
    """Clients that send until the server takes no more of any of them, and read for the first seconds only."""
    clients = [echoed(port, host) for _ in range(count)]
    for client in clients:
        client.setblocking(False)
    text = bytes(64 * KIB)
    stop_reading = time.monotonic() + read_seconds
    quiet = 0
    while quiet < 4:  # rounds in which no client could send
        moved = 0
        reads = time.monotonic() < stop_reading
        for client in clients:
            with contextlib.suppress(BlockingIOError):
                moved += client.send(text)
            with contextlib.suppress(BlockingIOError):
                while reads and client.recv(256 * KIB):
                    pass
        quiet = 0 if moved else quiet + 1
        time.sleep(0 if moved else 0.25)
    return clients


def busy_peak(binary, port, count, cgroup):
    with subprocess.Popen([binary, "load", f"127.0.0.1:{port}", "--connections", str(count), "--size", str(BUFFER),
                           "--pipeline", "4", "--duration", "3s", "--threads", "1"], stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL) as load:
        peak = (0, 0, 0)
        while load.poll() is None:
            peak = max(peak, cgroup.parts())
            time.sleep(0.02)
    assert load.returncode == 0, load.returncode
    return peak


def measured(binary, cgroup, count, kind, settings):
    """((all, kernel, sockets) without clients, the same with them)"""
    with serving(binary, cgroup, **settings) as port:
        with echoed(port):
            pass
        before = cgroup.parts()
        if kind == "busy":
            return before, busy_peak(binary, port, count, cgroup)
        clients = [echoed(port) for _ in range(count)] if kind == "idle" else never_reading(port, count)
        after = cgroup.parts()
        for client in clients:
            client.close()
        return before, after


def main():
    binary = str(Path(sys.argv[1]).resolve())
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    print(f"{count} clients, BUFFER_SIZE {BUFFER // KIB}KiB; KiB a client: all = user + kernel + socket buffers")
    for model, buffers in CASES:
        for kind in ("idle", "busy", "never reads"):
            clients = count // 10 if kind == "never reads" and not buffers else count  # else they hold gigabytes
            cgroup = Cgroup("threadecho-memory")
            try:
                before, after = measured(binary, cgroup, clients, kind,
                                         {"THREAD_MODEL": model, "SOCKET_BUFFER_SIZE": buffers})
            finally:
                cgroup.close()
            total, kernel, sockets = ((last - first) / KIB / clients for first, last in zip(before, after))
            print(f"{model:<15} SOCKET_BUFFER_SIZE={buffers or 'system':<7} {kind:<12} {total:8.1f} = "
                  f"{total - kernel - sockets:6.1f} + {kernel:6.1f} + {sockets:8.1f}    (empty: {before[0] / KIB:.0f})",
                  flush=True)


if __name__ == "__main__":
    main()
