"""The drain: every client from before it is served to the end, and the process ends in time."""

import contextlib
import re
import signal
import socket
import time

import traffic
from cases import case
from clients import Talker
from exchange import Exchange, read_to_the_end
from judges import beginning, ended_for, late, must, same_bytes
from programs import PATIENCE, eventually

BACKLOG = 64
DRAIN_TIMEOUT = 1.5
LINGER = 1.0
SAME_REQUEST = 1.0
MESSAGE = b"said before anybody listened"


def stopped(server):
    """What the last line of the log says."""
    return {key: int(value) for key, value in re.findall(r"(\w+)=(\d+)", server.output().splitlines()[-1])}


def begin_connect(server):
    client = socket.socket()
    client.setblocking(False)
    with contextlib.suppress(BlockingIOError):
        client.connect(("127.0.0.1", server.port))
    return client


@case("a_full_queue_is_served_to_the_last_client_when_a_drain_begins")
def full_queue(ground):
    """Stopped, the server's queue fills up with clients whose handshake is complete. Then it learns of all of them and
    of the drain at once. Others are still half way through their handshake: the window that remains."""
    server = ground.serve(LISTEN_BACKLOG=str(BACKLOG), DRAIN_TIMEOUT="20s")
    server.pause()
    waiting = []
    while len(waiting) <= BACKLOG:  # Linux takes one more than the backlog
        waiting.append(traffic.connect(server))
        waiting[-1].sendall(MESSAGE)
    eventually("all are in the queue", lambda: server.waiting_clients() == len(waiting))
    half_way = [begin_connect(server) for _ in range(10)]
    server.process.terminate()
    server.process.send_signal(signal.SIGCONT)
    began = time.monotonic()
    for client in waiting:
        client.shutdown(socket.SHUT_WR)
        must(same_bytes(MESSAGE, read_to_the_end(client)))
        client.close()
    took = time.monotonic() - began
    lucky = [client for client in half_way if is_connected(client)]
    for client in lucky:
        client.close()
    status = server.process.wait(PATIENCE)
    unlucky = [client for client in half_way if client not in lucky]
    for client in unlucky:
        eventually("the kernel says so", lambda client=client: client.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR))
        client.close()
    # One whose end comes before the server has taken the signal is no part of the drain yet.
    reasons = server.reasons()
    served = reasons.pop("drained", 0) + reasons.pop("client_closed", 0)
    must([] if status == 0 else [f"status {status}"], ended_for(reasons, {}),
         [] if served == len(waiting) else [f"{served} of {len(waiting)} are in the log"])
    return (f"{served} of {len(waiting)} in the queue were served in {took:.2f} s; of {len(half_way)} half way through "
            f"their handshake {len(lucky)}")


def is_connected(client):
    try:
        return client.getpeername()
    except OSError:
        return None


def same_request(ground, gap):
    """Two SIGTERMs `gap` apart while a client is owed megabytes, which it reads slowly."""
    server = ground.serve(DRAIN_TIMEOUT="60s")
    client = traffic.connect(server, 4096)
    exchange = Exchange(client, 6 << 20, pause=0.001)
    eventually("the client is served", lambda: exchange.received)
    server.process.terminate()
    time.sleep(gap)
    server.process.terminate()
    began = time.monotonic()
    exchange.finished()
    status = server.process.wait(PATIENCE)
    must([] if status == 0 else [f"status {status}"], [str(exchange.failure)] if exchange.failure else [],
         same_bytes(exchange.sent, exchange.received), ended_for(server.reasons(), {"drained": 1}))
    return f"all {len(exchange.sent)} bytes arrived, over after {time.monotonic() - began:.2f} s"


@case("a_second_sigterm_after_0_1_ms_costs_no_owed_byte")
def second_at_once(ground):
    return same_request(ground, 0.0001)


@case("a_second_sigterm_after_300_ms_costs_no_owed_byte")
def second_soon(ground):
    return same_request(ground, 0.3)


@case("a_later_sigterm_ends_connections_in_order_within_their_second")
def later_request(ground):
    server = ground.serve(DRAIN_DELAY="1h", DRAIN_TIMEOUT="1h")
    talker = Talker(server.address, 1)
    talker.daemon = True
    talker.start()
    assert talker.talks.wait(PATIENCE)
    server.process.terminate()
    eventually("the drain begins", lambda: server.status("/readyz") == 503)
    time.sleep(SAME_REQUEST + 0.05)
    server.process.terminate()
    began = time.monotonic()
    status = server.process.wait(PATIENCE)
    took = time.monotonic() - began
    talker.join(PATIENCE)
    must([] if status == 0 else [f"status {status}"], [str(talker.failure)] if talker.failure else [],
         late("ended", took, LINGER + 2.0), beginning(talker.sent, talker.received),
         ended_for(server.reasons(), {"drain_forced": 1}))
    return f"over {took:.2f} s after the second signal"


@case("busy_idle_stuck_and_half_closed_clients_all_read_their_bytes_and_an_end_in_a_drain")
def all_kinds(ground):
    server = ground.serve(DRAIN_TIMEOUT=f"{DRAIN_TIMEOUT * 1000:.0f}ms", SOCKET_BUFFER_SIZE="64KiB")
    busy, finishing = (Talker(server.address, seed) for seed in range(2))
    for talker in (busy, finishing):
        talker.daemon = True
        talker.start()
        assert talker.talks.wait(PATIENCE)
    idle, = traffic.hold(server, 1)
    stuck, half_closed = (traffic.connect(server, 4096) for _ in range(2))
    text = bytes(range(256)) * 256
    stuck.setblocking(False)
    sent = bytearray()
    refusals = 0
    while refusals < 10:
        try:
            sent += text[:stuck.send(text)]
            refusals = 0
        except BlockingIOError:
            refusals += 1
            time.sleep(0.01)
    half_closed.sendall(text)
    half_closed.shutdown(socket.SHUT_WR)
    eventually("all are served", lambda: server.metric("threadecho_connections_active") == 5)

    server.process.terminate()
    began = time.monotonic()
    eventually("the drain begins", lambda: server.status("/readyz") == 503)
    assert server.status("/healthz") == 200
    finishing.finish.set()
    must(same_bytes(text, read_to_the_end(half_closed)))
    half_closed.close()
    assert read_to_the_end(idle) == b""
    status = server.process.wait(PATIENCE)
    took = time.monotonic() - began
    stuck.settimeout(PATIENCE)
    tail = bytearray()
    with contextlib.suppress(ConnectionResetError):  # it was sending, and the server had ended
        while piece := stuck.recv(65536):
            tail += piece
    for talker in (busy, finishing):
        talker.join(PATIENCE)
        must([str(talker.failure)] if talker.failure else [])
    for client in (idle, stuck):
        client.close()
    must([] if status == 0 else [f"status {status}"], late("ended", took, DRAIN_TIMEOUT + LINGER + 2.0),
         same_bytes(finishing.sent, finishing.received), beginning(busy.sent, busy.received),
         beginning((text * (len(sent) // len(text) + 2))[:len(tail)], tail),
         ended_for(server.reasons(), {"drained": 2, "drain_forced": 3}))
    assert stopped(server)["ended_at_deadline"] == 3, stopped(server)
    return f"over after {took:.2f} s of {DRAIN_TIMEOUT + LINGER:g}: 2 drained, 3 ended at the deadline"
