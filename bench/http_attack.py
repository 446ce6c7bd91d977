#!/usr/bin/env python3
"""Measures the effect of hostile HTTP clients on the echo: http_attack.py PROGRAM THREAD-MODEL [ROUNDS]

Runs of `threadecho load` at a fixed rate, with and without an attack in turn. The attack: 1000 idle connections, 32 that
trickle a header, a hundred pipelined requests at a time, and GET /readyz, whose answers are counted. On a busy machine
run all of it with `chrt -r 1`, as root: the rate is low, and other work no longer shows.
"""

import json
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from compare.servers import Running, Server, ours

LOAD = "--connections 8 --rate 1000 --duration 1s --warmup 300ms --json".split()


class Attack(threading.Thread):
    def __init__(self, port):
        super().__init__()
        self.port = port
        self.stopping = False
        self.probes = []  # (answered with 200, seconds)

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port))

    def probe(self):
        began = time.monotonic()
        with self.connect() as client:
            client.sendall(b"GET /readyz HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
            answer = client.recv(99)
        self.probes.append((answer.startswith(b"HTTP/1.1 200"), time.monotonic() - began))

    def run(self):
        idle = [self.connect() for _ in range(1000)]
        slow = []
        while not self.stopping:
            if len(slow) < 32:
                slow.append(self.connect())
                slow[-1].sendall(b"GET / HTTP/1.1\r\nX: ")
            for client in list(slow):
                try:
                    client.sendall(b"x")
                except OSError:
                    slow.remove(client)
            with self.connect() as greedy:
                greedy.sendall(b"GET /x HTTP/1.1\r\nHost: h\r\n\r\n" * 100)
                greedy.recv(65536)
                self.probe()
            time.sleep(0.01)
        for client in idle + slow:
            client.close()


def measure(program, echo):
    run = subprocess.run([program, "load", f"127.0.0.1:{echo}", *LOAD], capture_output=True, text=True, check=True)
    latency = json.loads(run.stdout)["latency"]
    return latency["p50_seconds"] * 1e6, latency["p99_seconds"] * 1e6


def main(program, model, rounds="20"):
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    figures = {False: [], True: []}
    probes = []
    server = Server(model, model, ours(program, "--thread-model", model))
    with tempfile.TemporaryDirectory() as folder, Running(server, Path(folder) / "log") as running:
        http = running.http_port()
        for number in range(int(rounds)):
            for attacked in (False, True) if number % 2 else (True, False):
                attack = Attack(http)
                if attacked:
                    attack.start()
                    time.sleep(0.5)
                try:
                    figures[attacked].append(measure(program, running.port))
                finally:
                    attack.stopping = True
                    if attacked:
                        attack.join()
                probes += attack.probes
    for attacked, pairs in figures.items():
        low, middle, high = statistics.quantiles((p99 for _, p99 in pairs), n=4)
        p50 = statistics.median(p50 for p50, _ in pairs)
        print(f"{model}, {'attacked' if attacked else 'alone':8}  p50 {p50:.0f} us  p99 {middle:.0f} us ({low:.0f} to {high:.0f})")
    times = sorted(seconds * 1000 for _, seconds in probes)
    print(f"/readyz: {len(times)} asked, {sum(good for good, _ in probes)} answered with 200, median "
          f"{statistics.median(times):.2f} ms, p99 {times[len(times) * 99 // 100]:.2f} ms")


if __name__ == "__main__":
    main(*sys.argv[1:])
