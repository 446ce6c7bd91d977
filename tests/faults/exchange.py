"""Clients of which every byte is kept and compared."""

import random
import socket
import threading
import time

from programs import PATIENCE

PIECE = 65536


class Exchange(threading.Thread):
    """Sends `size` bytes, half-closes, and reads at the same time, `pause` seconds between two pieces, until the server
    has closed. `failure` is what ended it otherwise."""

    def __init__(self, client, size, pause=0.0, seed=1):
        super().__init__(daemon=True)
        self.client, self.pause = client, pause
        self.sent, self.received = random.Random(seed).randbytes(size), bytearray()
        self.failure = None
        self.sender = threading.Thread(target=self._send, daemon=True)
        self.start()

    def _send(self):
        try:
            self.client.sendall(self.sent)
            self.client.shutdown(socket.SHUT_WR)
        except OSError as error:
            self.failure = self.failure or error

    def run(self):
        self.sender.start()
        try:
            while piece := self.client.recv(PIECE):
                self.received += piece
                time.sleep(self.pause)
        except OSError as error:
            self.failure = error
        self.sender.join(PATIENCE)
        self.client.close()

    def finished(self):
        self.join(PATIENCE)
        assert not self.is_alive(), f"{len(self.received)} of {len(self.sent)} bytes came back, and then nothing"
        return self


def read_to_the_end(client):
    """What comes until the server closes; a reset raises."""
    received = bytearray()
    while piece := client.recv(PIECE):
        received += piece
    return bytes(received)
