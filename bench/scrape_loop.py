#!/usr/bin/env python3
"""scrape_loop.py PROGRAM THREAD-MODEL [CONNECTIONS] [ROUNDS]: how an HTTP client in a loop slows down accept and close.

CONNECTIONS idle connections stay open (17000, for which `ulimit -n` must allow a few hundred more). Beside them
`threadecho load --churn` connects, echoes once and closes, while one client with one connection asks for a path again and
again: none, /healthz (the control, which touches no counter), /metrics and /connections, in turn. On a busy machine run
all of it with `nice -n -15`, as root.
"""

import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from compare.servers import Running, Server, ours

PATHS = (None, "/healthz", "/metrics", "/connections")
CONTROL = "/healthz"
OTHER_ADDRESS = "127.0.0.2"  # of the idle clients, so that those that churn find a free port at once
CHURN = "--churn --connections 8 --duration 1s --warmup 200ms --json".split()


class Loop(threading.Thread):
    """Asks for `path` until it is stopped, and counts the answers."""

    def __init__(self, port, path):
        super().__init__()
        self.request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
        self.client = socket.create_connection(("127.0.0.1", port))
        self.stopping = False
        self.answers = 0

    def run(self):
        with self.client, self.client.makefile("rb") as answers:
            while not self.stopping:
                self.client.sendall(self.request)
                length = 0
                for line in iter(answers.readline, b"\r\n"):
                    if line.lower().startswith(b"content-length:"):
                        length = int(line.split(b":")[1])
                answers.read(length)
                self.answers += 1


def churn(program, echo):
    run = subprocess.run([program, "load", f"127.0.0.1:{echo}", *CHURN], capture_output=True, text=True, check=True)
    return json.loads(run.stdout)["messages_per_second"]


def measure(program, running, path):
    """Connections a second, and answers of HTTP a second."""
    if path is None:
        return churn(program, running.port), 0
    loop = Loop(running.http_port(), path)
    loop.start()
    began = time.monotonic()
    try:
        rate = churn(program, running.port)
    finally:
        loop.stopping = True
        loop.join()
    return rate, loop.answers / (time.monotonic() - began)


def main(program, model, connections="17000", rounds="5"):
    server = Server(model, model, ours(program, "--thread-model", model))
    figures = {path: [] for path in PATHS}
    with tempfile.TemporaryDirectory() as folder, Running(server, Path(folder) / "log") as running:
        hold = subprocess.Popen([program, "load", f"127.0.0.1:{running.port}", "--hold", "--connections", connections,
                                 "--source", OTHER_ADDRESS, "--duration", "1h"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            while running.descriptors() < int(connections):
                if hold.poll() is not None:
                    raise RuntimeError(f"the idle connections have gone: exit status {hold.returncode}")
                time.sleep(0.1)
            time.sleep(1)
            for number in range(int(rounds)):
                for path in PATHS if number % 2 else reversed(PATHS):
                    figures[path].append(measure(program, running, path))
        finally:
            hold.kill()
            hold.wait()
    control = [rate for rate, _ in figures[CONTROL]]
    print(f"{model}, {connections} idle connections, {os.cpu_count()} cores, medians of {rounds} rounds")
    for path, pairs in figures.items():
        ratio = statistics.median(rate / other for (rate, _), other in zip(pairs, control))
        print(f"{path or 'none':13} {statistics.median(rate for rate, _ in pairs):8.0f} connections/s "
              f"{statistics.median(answers for _, answers in pairs):8.0f} answers/s  {ratio:.2f} of the control")


if __name__ == "__main__":
    main(*sys.argv[1:])
