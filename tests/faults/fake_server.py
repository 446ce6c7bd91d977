#!/usr/bin/env python3
"""fake_server.py FAULT: an echo server with the figures that the fault suite looks at, and one fault. For selftest.py;
`none` has none."""

import http.server
import os
import socket
import sys
import threading

FAULT = sys.argv[1] if len(sys.argv) > 1 else "none"
LOCK = threading.Lock()
COUNTERS = {"threadecho_connections_accepted_total": 0,
            'threadecho_connections_closed_total{reason="client_closed"}': 0,
            'threadecho_connections_closed_total{reason="error"}': 0,
            "threadecho_active_threads": 0, "threadecho_connections_active": 0, "threadecho_connections_waiting": 0}
KEPT = []


def count(series, by=1):
    with LOCK:
        COUNTERS[series] += by


def changed(data, offset):
    """The bytes at 100 and beyond are the ones that a fault is about."""
    if offset <= 100 < offset + len(data):
        at = 100 - offset
        if FAULT == "loses a byte":
            return data[:at] + data[at + 1:]
        if FAULT == "changes a byte":
            return data[:at] + bytes([data[at] ^ 1]) + data[at + 1:]
        if FAULT == "repeats a byte":
            return data[:at] + data[at:at + 1] + data[at:]
    return data


def serve(client):
    count("threadecho_connections_active")
    count("threadecho_active_threads")
    offset = 0
    while data := client.recv(65536):
        client.sendall(changed(data, offset))
        offset += len(data)
    client.close()
    if FAULT == "counts nothing":
        COUNTERS["threadecho_connections_accepted_total"] = 0
    count('threadecho_connections_closed_total{reason="%s"}' %
          ("error" if FAULT == "gives another reason" else "client_closed"))
    if FAULT == "keeps a descriptor":
        KEPT.append(os.dup(0))
    if FAULT == "keeps a thread":
        threading.Thread(target=threading.Event().wait, daemon=True).start()
    count("threadecho_connections_active", -1)
    count("threadecho_active_threads", 0 if FAULT == "keeps a gauge" else -1)


def spin():
    while True:
        pass


class Metrics(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        with LOCK:
            text = "".join(f"{series} {value}\n" for series, value in COUNTERS.items())
        self.send_response(200)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_):
        pass


def main():
    listener = socket.create_server(("127.0.0.1", 0))
    metrics = http.server.HTTPServer(("127.0.0.1", 0), Metrics)
    threading.Thread(target=metrics.serve_forever, daemon=True).start()
    if FAULT == "spins":
        threading.Thread(target=spin, daemon=True).start()
    print(f"serving echo=127.0.0.1:{listener.getsockname()[1]} http=127.0.0.1:{metrics.server_port}", flush=True)
    while True:
        client, _ = listener.accept()
        count("threadecho_connections_accepted_total")
        threading.Thread(target=serve, args=(client,), daemon=True).start()


if __name__ == "__main__":
    main()
