"""Clients that take their time, or all of it, and clients that come and go in anger."""

import contextlib
import socket
import struct
import time

import traffic
from cases import BLOCKING_POOL, case
from exchange import PIECE, read_to_the_end
from judges import busy, ended_for, late, moved, must
from programs import eventually
from server import ACCEPTED, Watch, closed, in_the_end, rejected

RESETS = 10_000
WRITE_TIMEOUT = 1.0
TCP_REPAIR = 19  # linux/tcp.h; what socket does not name


def fill_up(client):
    """Sends until the server takes no more."""
    client.setblocking(False)
    sent, refusals = 0, 0
    while refusals < 10:
        try:
            sent += client.send(b"x" * PIECE)
            refusals = 0
        except BlockingIOError:
            refusals += 1
            time.sleep(0.01)
    return sent


def takes_nothing(ground, read_one):
    server = ground.serve(WRITE_TIMEOUT=f"{WRITE_TIMEOUT:g}s", SOCKET_BUFFER_SIZE="16KiB")
    bystander, = traffic.hold(server, 1)
    before = server.counters()
    slow = traffic.connect(server, 4096)
    sent = fill_up(slow)
    began = time.monotonic()
    watch = Watch(server)

    def is_ended():
        if read_one:
            with contextlib.suppress(BlockingIOError, ConnectionError):
                slow.recv(1)
            time.sleep(0.95)
        return server.reasons().get("write_timeout")
    eventually("it is ended", is_ended)
    took = time.monotonic() - began
    used = watch.so_far()
    assert traffic.echoed(bystander)
    for one in (slow, bystander):
        one.close()
    traffic.until_alone(server)
    # A quarter late by design, a second between two looks of ours, and what a busy machine takes.
    must(busy(*used), late("ended", took, 1.25 * WRITE_TIMEOUT + 3.0), moved(before, server.counters(), {
        ACCEPTED: 1, closed("write_timeout"): 1, closed("client_closed"): 1}))
    return f"ended as write_timeout after {took:.1f} s with {sent:,} bytes sent, {used[0] / used[1]:.1%} CPU"


@case("a_client_that_never_reads_is_ended_after_WRITE_TIMEOUT")
def never_reads(ground):
    return takes_nothing(ground, read_one=False)


@case("a_client_that_reads_a_byte_a_second_is_ended_as_one_that_never_reads")
def a_byte_a_second(ground):
    return takes_nothing(ground, read_one=True)


@case("a_client_that_never_speaks_costs_nothing_and_is_ended_after_IDLE_TIMEOUT")
def silent(ground):
    server = ground.serve(IDLE_TIMEOUT="1s")
    before = server.counters()
    watch = Watch(server)
    clients = [traffic.connect(server) for _ in range(50)]
    assert not any(read_to_the_end(client) for client in clients)
    took, used = time.monotonic() - watch.began, watch.so_far()
    for client in clients:
        client.close()
    traffic.until_alone(server)
    must(busy(*used), late("all ended", took, 5.0),
         moved(before, server.counters(), {ACCEPTED: 50, closed("idle_timeout"): 50}))
    return f"50 ended as idle_timeout after {took:.1f} s, {used[0] / used[1]:.1%} CPU"


@case("a_half_open_client_that_forgot_the_connection_is_found_by_a_probe", namespace=True)
def half_open(ground):
    """Its kernel has lost the connection without a word, as after a crash: the probe's answer is a reset."""
    server = ground.serve(TCP_KEEPALIVE="1s")
    before = server.counters()
    clients = traffic.hold(server, 5)
    bystander = clients.pop()
    for client in clients:
        client.setsockopt(socket.IPPROTO_TCP, TCP_REPAIR, 1)
        client.close()
    began = time.monotonic()
    assert server.metric("threadecho_connections_active") == 5, "they said good-bye"
    eventually("only one is left", lambda: server.metric("threadecho_connections_active") == 1)
    took = time.monotonic() - began
    assert traffic.echoed(bystander)
    bystander.close()
    traffic.until_alone(server)
    must(late("they are gone", took, 5.0), moved(before, server.counters(), {
        ACCEPTED: 5, closed("client_reset"): 4, closed("client_closed"): 1}))
    return f"4 gone as client_reset after {took:.1f} s"


@case("ten_thousand_resets_are_counted_one_by_one_and_leave_nothing")
def resets(ground):
    # One that resets while it waits for a thread has been read from by none: its line is at `debug`.
    server = ground.serve(**({"LOG_LEVEL": "debug"} if ground.model == BLOCKING_POOL else {}))
    bystander, = traffic.hold(server, 1)
    before = server.counters()
    began = time.monotonic()
    for _ in range(RESETS):
        with socket.socket() as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            client.connect(("127.0.0.1", server.port))
            client.send(b"hello")
    eventually("all are taken", lambda: server.counters()[ACCEPTED] - before[ACCEPTED] == RESETS)
    took = time.monotonic() - began
    assert traffic.echoed(bystander)
    bystander.close()
    traffic.until_alone(server)
    must(moved(before, server.counters(), {
        ACCEPTED: RESETS, closed("client_reset"): RESETS, closed("client_closed"): 1, rejected("thread_limit"): 0}))
    must(in_the_end(lambda: ended_for(server.reasons(), {"client_reset": RESETS, "client_closed": 1})))
    return f"{RESETS:,} counted as client_reset in {took:.1f} s"
