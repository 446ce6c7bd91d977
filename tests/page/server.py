"""The real server on free ports, its clients, and a proxy before its HTTP port that changes answers."""

import http.client
import http.server
import json
import signal
import socket
import subprocess
import threading
import time
from pathlib import Path

MODELS = ("per-connection", "blocking-pool", "pool")
PATIENCE = 30


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


def eventually(is_true, what):
    end = time.monotonic() + PATIENCE
    while not is_true():
        if time.monotonic() > end:
            raise AssertionError(f"not within {PATIENCE} s: {what}")
        time.sleep(0.05)


class Server:
    """`threadecho serve`; stops with the block."""

    def __init__(self, binary, model="per-connection", environment=(), **settings):
        self.binary = binary
        self.port, self.http_port = free_ports(2)
        self.settings = {"THREAD_MODEL": model, "POOL_THREADS": "8", "LOG_LEVEL": "error", "DRAIN_TIMEOUT": "0s",
                         "BIND_ADDRESS": "127.0.0.1", **settings, **dict(environment)}
        self.start()

    def start(self):
        # In a folder without .env.
        self.process = subprocess.Popen([self.binary, "serve"], cwd=Path(__file__).parent, env={
            "PORT": str(self.port), "HTTP_PORT": str(self.http_port), **self.settings})
        eventually(self.is_up, "the server answers")

    def is_up(self):
        try:
            return self.get("/healthz") == "ok\n"
        except OSError:
            assert self.process.poll() is None, "the server has ended"
            return False

    def get(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.http_port, timeout=PATIENCE)
        try:
            connection.request("GET", path)
            return connection.getresponse().read().decode()
        finally:
            connection.close()

    def metric(self, name):
        """The sum of the series of a metric."""
        lines = (line.rsplit(" ", 1) for line in self.get("/metrics").splitlines() if not line.startswith("#"))
        return sum(float(value) for series, value in lines if series.split("{")[0] == name)

    def status(self):
        return json.loads(self.get("/status"))

    def clients(self, count):
        return [socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE) for _ in range(count)]

    def signal(self, number):
        self.process.send_signal(number)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self.kill()


def exchange(clients, messages, size):
    """Each client sends so many messages and reads each one back."""
    payload = b"x" * size
    for _ in range(messages):
        for client in clients:
            client.sendall(payload)
        for client in clients:
            left = size
            while left:
                left -= len(client.recv(left))


class Proxy:
    """Passes requests on to a server, and what `change(path, object)` makes of its JSON back."""

    def __init__(self, server, change):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):  # noqa: N802, a name of the library
                upstream = http.client.HTTPConnection("127.0.0.1", server.http_port, timeout=PATIENCE)
                upstream.request("GET", self.path)
                answer = upstream.getresponse()
                body = answer.read()
                if answer.headers["Content-Type"] == "application/json":
                    changed = json.loads(body)
                    change(self.path, changed)
                    body = json.dumps(changed).encode()
                self.send_response(answer.status)
                for name in ("Content-Type", "Content-Security-Policy", "X-Content-Type-Options"):
                    if answer.headers[name]:
                        self.send_header(name, answer.headers[name])
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http_port = self.http.server_address[1]
        self.thread = threading.Thread(target=self.http.serve_forever)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.http.shutdown()
        self.thread.join()
        self.http.server_close()
