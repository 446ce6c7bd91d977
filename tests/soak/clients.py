"""Clients of every kind, all at once: what a round of traffic is made of."""

import contextlib
import socket
import subprocess
import threading
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import traffic
from programs import PATIENCE

SETTINGS = {"MAX_CONNECTIONS_PER_CLIENT": "300", "WRITE_TIMEOUT": "2s", "DRAIN_TIMEOUT": "2s", "POOL_THREADS": "2"}
# A thread for each client, because all that are held at once wait for their echoes. The stack of each thread keeps the
# pages that a buffer of a former client has touched, and which thread that was is up to chance: a small one.
OF_MODEL = {"blocking-pool": {"POOL_THREADS": "512", "BUFFER_SIZE": "1KiB"}}
STRANGER = "127.0.0.2"  # whose connections are counted apart from everybody else's


def whole_tail(server, count=10, size=256 * 1024):
    """Clients that send, close their side, and read everything."""
    sent = bytes(range(256)) * (size // 256)
    for _ in range(count):
        with traffic.connect(server) as client:
            writer = threading.Thread(target=lambda client=client: (client.sendall(sent),
                                                                    client.shutdown(socket.SHUT_WR)))
            writer.start()
            received = b"".join(iter(lambda client=client: client.recv(65536), b""))
            writer.join()
            if received != sent:
                raise AssertionError(f"{len(received)} of {size} bytes came back, or others")


def one_too_many(server):
    """A stranger takes as many connections as one may, and five more, which read an end and no reset."""
    def connect():
        client = socket.socket()
        client.settimeout(PATIENCE)
        client.bind((STRANGER, 0))
        client.connect(("127.0.0.1", server.port))
        return client
    with contextlib.ExitStack() as held:
        for _ in range(int(SETTINGS["MAX_CONNECTIONS_PER_CLIENT"])):
            if not traffic.echoed(held.enter_context(connect())):
                raise AssertionError("a client below the limit is refused")
        for _ in range(5):
            if held.enter_context(connect()).recv(1):
                raise AssertionError("a client above the limit is served")


def browse(server, stop):
    """Every page, again and again; a connection of the kind that browsers open and leave alone stands by."""
    with socket.create_connection(("127.0.0.1", server.http_port)):
        while not stop.wait(1):
            for path in ("/", "/healthz", "/readyz", "/status", "/threads", "/connections?limit=1000&sort=bytes", "/config", "/version"):
                urllib.request.urlopen(f"http://{server.target}{path}", timeout=PATIENCE).read()


def round_of_traffic(binary, server, seconds):
    """Returns when all of it is over; raises what the first client complains of."""
    def load(*arguments, share=1.0):
        return lambda: traffic.load(binary, server, "--duration", f"{max(1, int(seconds * share))}s", *arguments)

    def again_and_again(client):
        def go():
            while not over.is_set():
                client()
                over.wait(1)
        return go

    over = threading.Event()
    steady = [load("--rate", "300", "--connections", "16"), load("--hold", "--connections", "100"),
              load("--churn", "--connections", "2", share=0.5), load("--bulk", "--connections", "2", share=0.3),
              load("--pipeline", "16", "--connections", "4", "--size", "1KiB", share=0.3)]
    repeated = [lambda: traffic.reset(server, 20), lambda: whole_tail(server), lambda: traffic.without_reading(server),
                lambda: one_too_many(server),
                lambda: subprocess.run([binary, "probe", f"127.0.0.1:{server.port}", "--count", "2", "--interval", "100ms",
                                        "--half-close"], check=True, capture_output=True, timeout=PATIENCE)]
    with ThreadPoolExecutor(len(steady) + len(repeated) + 1) as pool:
        works = [pool.submit(work) for work in steady]
        others = [pool.submit(again_and_again(client)) for client in repeated]
        others.append(pool.submit(browse, server, over))
        try:
            for work in works:
                work.result()
        finally:
            over.set()
        for work in others:
            work.result()
