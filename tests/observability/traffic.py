"""Traffic of every kind that a client can make: normal, bulk, delayed on demand, refused, reset, idle, without a reader,
out of descriptors, and open during a drain."""

import contextlib
import resource
import socket
import struct
import subprocess

from programs import PATIENCE, eventually


def connect(server, receive_buffer=0):
    client = socket.socket()
    client.settimeout(PATIENCE)
    if receive_buffer:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    client.connect(("127.0.0.1", server.port))
    return client


def echoed(client, text=b"hello"):
    client.sendall(text)
    received = b""
    while len(received) < len(text):
        piece = client.recv(65536)
        if not piece:
            return False
        received += piece
    return received == text


def hold(server, count):
    """So many clients that have had something echoed and stay."""
    clients = [connect(server) for _ in range(count)]
    for client in clients:
        assert echoed(client)
    return clients


def keep(server, clients, count):
    """Has each client echo something, so that none is idle, and replaces those that the server has ended."""
    kept = []
    for client in clients:
        with contextlib.suppress(ConnectionError):
            if echoed(client):
                kept.append(client)
                continue
        client.close()
    return kept + hold(server, count - len(kept))


def load(binary, server, *arguments, host="127.0.0.1", port=None):
    done = subprocess.run([str(binary), "load", f"{host}:{port or server.port}", *arguments], timeout=PATIENCE, text=True,
                          capture_output=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def delayed(binary, server):
    """Load under a fault on demand, which ends by itself."""
    subprocess.run([str(binary), "fault", "add", "delay", "5ms", "--for", "3s", "--at", server.target], timeout=PATIENCE,
                   check=True, capture_output=True)
    load(binary, server, "--connections", "4", "--duration", "2s")


def as_a_balancer(binary, server):
    """Load with a PROXY header on each connection."""
    load(binary, server, "--proxy-protocol", "v2", "--connections", "4", "--duration", "1s", port=server.proxy_port)


def until_alone(server):
    eventually("earlier clients are gone", lambda: server.metric("threadecho_connections_active") == 0)


def refused(server, limit, seen):
    """Fills the server up until that is seen, and one more client reads the end at once."""
    until_alone(server)
    clients = hold(server, limit)
    with connect(server) as one_more:
        assert one_more.recv(1) == b""
    eventually("the server is seen to be full", seen)
    for client in clients:
        client.close()
    until_alone(server)  # or it refuses the next one too


def waiting(server, threads, count, seen):
    """Takes every thread of a blocking pool, and so many clients more wait until that is seen; then they are served."""
    until_alone(server)
    served = hold(server, threads)
    queue = [connect(server) for _ in range(count)]
    eventually("clients are seen to wait", seen)
    for client in served:
        client.close()
    for client in queue:
        assert echoed(client)
        client.close()


def reset(server, count):
    for client in hold(server, count):
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.close()


def idle(server):
    """Says nothing until the server ends it."""
    client = connect(server)
    assert echoed(client)
    assert client.recv(1) == b""
    client.close()


def talk_to_the_end(server, clients):
    """Clients that go on as if there were no drain, until the server has ended."""
    def has_ended():
        for client in clients:
            with contextlib.suppress(ConnectionError):  # what the end looks like is not the question here
                echoed(client)
        return server.process.poll() is not None
    eventually(f"{server.name} ends", has_ended)


def without_reading(server):
    """Sends and never reads, until the server gives up on it."""
    client = connect(server, receive_buffer=4096)
    client.setblocking(False)
    def is_ended():
        try:
            while client.send(b"x" * 65536):
                pass
        except BlockingIOError:
            return False
        except ConnectionError:
            return True
    eventually("a client that does not read is ended", is_ended)
    client.close()


def without_descriptors(server):
    """Takes the server's descriptors away while a client waits, and gives them back."""
    failed = 'threadecho_accept_errors_total{error="EMFILE"}'
    pid = server.process.pid
    before = server.metric(failed)
    usual = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (int(server.metric("process_open_fds")) + 2, usual[1]))
    clients = [connect(server) for _ in range(8)]
    eventually("accept fails", lambda: "cannot accept a client" in server.output())
    resource.prlimit(pid, resource.RLIMIT_NOFILE, usual)
    for client in clients:
        assert echoed(client)
        client.close()
    assert server.metric(failed) > before
