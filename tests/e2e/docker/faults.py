#!/usr/bin/env python3
"""faults.py: runs the clients of this test against a correct echo server, which they must accept, and against
faulty ones, which they must notice. Needs no engine."""

import contextlib
import socket
import threading

from clients import MIB, Talker, echo_and_half_close


def changes_a_byte(data, offset):
    return data[:-1] + bytes([data[-1] ^ 1]) if offset <= MIB + 5 < offset + len(data) else data


FAULTS = {
    "wrong or missing bytes in MiB 1": [changes_a_byte, lambda data, offset: data if offset < MIB else b""],
    "wrong or missing bytes in MiB 0": [lambda data, offset: data[1:] if offset == 0 else data],
    "more came back than was sent": [lambda data, offset: data + b"x" if offset + len(data) == 2 * MIB else data],
}


def served(fault, client):
    """Runs the client against a server whose answers go through the fault."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        def serve():
            connection, _ = listener.accept()
            with connection, contextlib.suppress(OSError):  # the client leaves when it has seen enough
                offset = 0
                while data := connection.recv(MIB):
                    connection.sendall(fault(data, offset))
                    offset += len(data)

        server = threading.Thread(target=serve)
        server.start()
        try:
            client(f"127.0.0.1:{listener.getsockname()[1]}")
        finally:
            server.join()


def talk(address):
    talker = Talker(address, 1)
    talker.start()
    assert talker.talks.wait(10)
    talker.finish.set()
    talker.join()
    assert talker.failure is None, talker.failure
    assert talker.sent == talker.received, "the talker misses something"


def main():
    served(lambda data, offset: data, lambda address: echo_and_half_close(address, 2))
    served(lambda data, offset: data, talk)
    cases = [(text, fault, lambda address: echo_and_half_close(address, 2))
             for text, faults in FAULTS.items() for fault in faults]
    # In its last word only: until then a talker waits for every byte.
    cases.append(("the talker misses something", lambda data, offset: data if len(data) <= 1000 else data[1:], talk))
    for text, fault, client in cases:
        try:
            served(fault, client)
        except AssertionError as complaint:
            assert text in str(complaint), f"expected {text}, got: {complaint}"
        else:
            raise AssertionError(f"not noticed: {text}")
    print(f"{len(cases)} faults were noticed")


if __name__ == "__main__":
    main()
