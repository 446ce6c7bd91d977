"""More clients than the blocking pool has threads: they wait in its queue, and none is lost or forgotten."""

import socket
import time
from pathlib import Path

import traffic
from cases import BLOCKING_POOL, Skipped, case
from exchange import read_to_the_end
from judges import busy, ended_for, late, moved, must, same_bytes
from programs import PATIENCE, eventually
from server import ACCEPTED, Watch, closed, in_the_end
from slow_clients import TCP_REPAIR

THREADS, CLIENTS = 10, 1000
LINGER = 1.0
FIN_TIMEOUT = 2  # after which a kernel forgets a connection that its client has closed
PROBE_INTERVAL = 10
ONLY = (BLOCKING_POOL,)  # in the other models no client waits for another


def message(number):
    return b"client %d" % number


def crowd(server):
    """All of them have sent, and all that find no thread free are in the queue."""
    clients = [traffic.connect(server) for _ in range(CLIENTS)]
    for number, client in enumerate(clients):
        client.sendall(message(number))
    eventually("the others wait", lambda: server.metric("threadecho_connections_waiting") == CLIENTS - THREADS)
    return clients


@case("a_thousand_clients_of_ten_threads_are_served_in_the_order_of_their_arrival", models=ONLY)
def in_order(ground):
    server = ground.serve(POOL_THREADS=str(THREADS))
    before = server.counters()
    clients = crowd(server)
    used = Watch(server).after(1.0)
    began = time.monotonic()
    for number, client in enumerate(clients):
        if number + THREADS < CLIENTS:
            clients[number + THREADS].setblocking(False)
            try:
                clients[number + THREADS].recv(1)
                raise AssertionError(f"client {number + THREADS} is served before client {number} has left")
            except BlockingIOError:
                clients[number + THREADS].settimeout(PATIENCE)
        client.shutdown(socket.SHUT_WR)
        must(same_bytes(message(number), read_to_the_end(client)))
        client.close()
    took = time.monotonic() - began
    traffic.until_alone(server)
    must(busy(*used), moved(before, server.counters(), {ACCEPTED: CLIENTS, closed("client_closed"): CLIENTS}))
    return f"{CLIENTS - THREADS} waited, {used[0] / used[1]:.1%} CPU; all served in order in {took:.2f} s"


@case("a_drain_ends_hundreds_of_waiting_clients_in_order_within_its_deadline", models=ONLY)
def drained(ground):
    server = ground.serve(POOL_THREADS=str(THREADS), DRAIN_TIMEOUT="500ms")
    clients = crowd(server)
    server.process.terminate()
    began = time.monotonic()
    for number, client in enumerate(clients):
        must(same_bytes(message(number) if number < THREADS else b"", read_to_the_end(client)))
    status = server.process.wait(PATIENCE)
    took = time.monotonic() - began
    for client in clients:
        client.close()
    must([] if status == 0 else [f"status {status}"], late("ended", took, 0.5 + LINGER + 2.0),
         ended_for(server.reasons(), {"drain_forced": THREADS}))  # the lines of those that waited are at `debug`
    assert f"ended_at_deadline={CLIENTS}" in server.output()
    return f"{CLIENTS} read an end of file, no reset, and all was over after {took:.2f} s"


@case("a_waiting_client_that_forgot_the_connection_leaves_the_queue", models=ONLY, namespace=True)
def half_open(ground):
    """The answer to a probe of the server's kernel is a reset, while the only thread is busy."""
    server = ground.serve(POOL_THREADS="1", TCP_KEEPALIVE="1s")
    bystander, = traffic.hold(server, 1)
    before = server.counters()
    waiting = [traffic.connect(server) for _ in range(4)]
    eventually("they wait", lambda: server.metric("threadecho_connections_waiting") == 4)
    for client in waiting:
        client.setsockopt(socket.IPPROTO_TCP, TCP_REPAIR, 1)
        client.close()
    began = time.monotonic()
    eventually("they are gone", lambda: server.metric("threadecho_connections_waiting") == 0)
    took = time.monotonic() - began
    assert traffic.echoed(bystander)
    bystander.close()
    traffic.until_alone(server)
    must(late("they are gone", took, 5.0), in_the_end(lambda: moved(before, server.counters(), {
        ACCEPTED: 4, closed("client_reset"): 4, closed("client_closed"): 1})))
    return f"4 gone as client_reset after {took:.1f} s"


@case("a_waiting_client_that_sent_and_is_gone_leaves_the_queue_with_a_probe", models=ONLY, namespace=True)
def sent_and_gone(ground):
    """At first it looks like one that waits for its echo. When its kernel has forgotten it, a probe draws a reset."""
    try:
        Path("/proc/sys/net/ipv4/tcp_fin_timeout").write_text(str(FIN_TIMEOUT), encoding="ascii")
    except OSError as error:
        raise Skipped("tcp_fin_timeout cannot be set here") from error
    server = ground.serve(POOL_THREADS="1", TCP_KEEPALIVE="1s")
    bystander, = traffic.hold(server, 1)
    before = server.counters()
    gone = traffic.connect(server)
    gone.sendall(b"hello")
    eventually("it waits", lambda: server.metric("threadecho_connections_waiting") == 1)
    gone.close()
    began = time.monotonic()
    eventually("it has left", lambda: server.metric("threadecho_connections_waiting") == 0)
    took = time.monotonic() - began
    assert traffic.echoed(bystander)
    bystander.close()
    traffic.until_alone(server)
    must(late("it has left", took, FIN_TIMEOUT + PROBE_INTERVAL + 5.0), in_the_end(lambda: moved(
        before, server.counters(), {ACCEPTED: 1, closed("client_reset"): 1, closed("client_closed"): 1})))
    return f"gone as client_reset after {took:.1f} s"
