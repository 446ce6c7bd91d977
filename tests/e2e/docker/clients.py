"""Clients of a published port, on this host."""

import contextlib
import json
import random
import socket
import threading
import urllib.error
import urllib.request

MIB = 1 << 20


def http(address, path):
    """Status and body, or None while nothing answers."""
    try:
        with urllib.request.urlopen(f"http://{address}{path}", timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except (OSError, ValueError):
        return None


def http_json(address, path):
    answer = http(address, path)
    return json.loads(answer[1]) if answer and answer[0] == 200 else None


def connect(address):
    host, port = address.rsplit(":", 1)
    return socket.create_connection((host, int(port)), timeout=60)


def receive(client, count):
    """Exactly this many bytes, or fewer at the end."""
    received = bytearray(count)
    view, filled = memoryview(received), 0
    while filled < count and (got := client.recv_into(view[filled:])):
        filled += got
    return received[:filled]


def echo_and_half_close(address, mebibytes):
    """Sends this much and half-closes without waiting; all of it must come back, then an end of file."""
    body = random.Random(1).randbytes(MIB - 8)
    blocks = (index.to_bytes(8, "big") + body for index in range(mebibytes))
    with connect(address) as client:
        def send():
            with contextlib.suppress(OSError):  # what is not sent is missed below
                for block in blocks:
                    client.sendall(block)
                client.shutdown(socket.SHUT_WR)

        sender = threading.Thread(target=send)
        sender.start()
        for index in range(mebibytes):
            assert receive(client, MIB) == index.to_bytes(8, "big") + body, f"wrong or missing bytes in MiB {index}"
        assert not client.recv(1), "more came back than was sent"
        sender.join()


class Talker(threading.Thread):
    """A client that talks until it is told to finish, and then has a last word that it half-closes after. What it sent
    is in .sent, what came back in .received, and what went wrong in .failure."""

    def __init__(self, address, seed):
        super().__init__()
        self.client = connect(address)
        self.random = random.Random(seed)
        self.sent, self.received = bytearray(), bytearray()
        self.finish, self.talks = threading.Event(), threading.Event()
        self.failure = None

    def say(self, count):
        message = self.random.randbytes(count)
        self.sent += message
        self.client.sendall(message)

    def run(self):
        try:
            with self.client:
                while not self.finish.is_set():
                    self.say(1000)
                    answer = receive(self.client, 1000)
                    self.received += answer
                    self.talks.set()
                    if len(answer) < 1000:
                        return  # the server has ended it
                self.say(256 * 1024)
                self.client.shutdown(socket.SHUT_WR)
                while answer := self.client.recv(MIB):
                    self.received += answer
        except OSError as error:
            self.failure = error
