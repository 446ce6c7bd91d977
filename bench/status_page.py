#!/usr/bin/env python3
"""status_page.py THREADECHO: what an open status page costs the server. The same load runs with and without a client
that sends the requests of the page: /status and /threads once a second, /connections every other second. Prints the
server's processor time in percent of a core, and p50 and p99 of the echo as the load saw them; medians of the rounds.
On a busy machine run all of it with `chrt -r 1`, as root."""

import http.client
import json
import statistics
import subprocess
import sys
import threading
import time
import urllib.request

PORT, HTTP_PORT = 19990, 19991
ROUNDS, SECONDS, RATE = 9, 3, 2000


def cpu_seconds():
    with urllib.request.urlopen(f"http://127.0.0.1:{HTTP_PORT}/status") as answer:
        return json.load(answer)["cpu_seconds"]


def poll(over):
    connections = [http.client.HTTPConnection("127.0.0.1", HTTP_PORT) for _ in range(2)]
    for second in range(10**6):
        paths = ["/status", "/threads?limit=200"] + (["/connections?limit=200&sort=newest"] if second % 2 == 0 else [])
        for number, path in enumerate(paths):
            connections[number % 2].request("GET", path)
            connections[number % 2].getresponse().read()
        if over.wait(1):
            return


def run(binary, connections, with_page):
    """`(percent of a core, p50, p99)` of one run of the load."""
    over = threading.Event()
    page = threading.Thread(target=poll, args=(over,))
    if with_page:
        page.start()
    before, begun = cpu_seconds(), time.monotonic()
    result = subprocess.run([binary, "load", f"127.0.0.1:{PORT}", "--connections", str(connections), "--rate", str(RATE),
                             "--warmup", "500ms", "--duration", f"{SECONDS}s", "--json"], stdout=subprocess.PIPE,
                            stderr=subprocess.DEVNULL, check=True)
    share = 100 * (cpu_seconds() - before) / (time.monotonic() - begun)
    if with_page:
        over.set()
        page.join()
    latency = json.loads(result.stdout)["latency"]
    return share, latency["p50_seconds"] * 1e6, latency["p99_seconds"] * 1e6


def main():
    binary = sys.argv[1]
    for model in ("per-connection", "pool"):
        for connections in (64, 5000):
            server = subprocess.Popen([binary, "serve", "--thread-model", model, "--port", str(PORT), "--http-port",
                                       str(HTTP_PORT), "--log-level", "error"])
            time.sleep(1)
            try:
                rounds = {False: [], True: []}
                for _ in range(ROUNDS):
                    for with_page in (False, True):
                        rounds[with_page].append(run(binary, connections, with_page))
                for with_page, name in ((False, "no page"), (True, "page open")):
                    share, p50, p99 = (statistics.median(values) for values in zip(*rounds[with_page]))
                    print(f"{model:15} {connections:5} connections, {name:9}: {share:5.2f} % of a core, "
                          f"p50 {p50:6.0f} us, p99 {p99:6.0f} us", flush=True)
            finally:
                server.terminate()
                server.wait()


if __name__ == "__main__":
    main()
