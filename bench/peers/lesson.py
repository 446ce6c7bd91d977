"""The server of the lesson: each client has a thread, which receives, says what it received, and sends it back.

    lesson.py [--quiet]      --quiet leaves out the saying

Says "port N" once it listens.
"""

import socket
import sys
import threading

BUFFER_SIZE = 64 * 1024
QUIET = sys.argv[1:] == ["--quiet"]


def handle(client, address):
    with client:
        try:
            while data := client.recv(BUFFER_SIZE):
                if not QUIET:
                    print(f"{address}: {data!r}")
                client.sendall(data)
        except ConnectionError:
            pass  # this client is gone; the others have threads of their own


def main():
    with socket.create_server(("127.0.0.1", 0), backlog=4096) as listener:
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        print("port", listener.getsockname()[1], flush=True)
        while True:
            client, address = listener.accept()
            threading.Thread(target=handle, args=(client, address), daemon=True).start()


main()
