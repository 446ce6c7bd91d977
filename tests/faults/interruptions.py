"""Signals while bytes are under way: stopped and continued, and more signals than anybody sends."""

import ctypes
import os
import signal
import threading
import time

import traffic
from cases import case
from exchange import Exchange
from injection import injected
from judges import moved, must, same_bytes
from server import ACCEPTED, closed

# Those that neither stop a process that does not handle them, nor ask it to end.
HARMLESS = (signal.SIGCHLD, signal.SIGCONT, signal.SIGPIPE, signal.SIGURG, signal.SIGWINCH)
MIB = 1 << 20
LIBC = ctypes.CDLL(None)
SMALL_BUFFERS = {"SOCKET_BUFFER_SIZE": "16KiB"}
MOST_ROUNDS = 10


def exact(server, before, exchanges):
    for exchange in exchanges:
        exchange.finished()
        must(same_bytes(exchange.sent, exchange.received), [str(exchange.failure)] if exchange.failure else [])
    traffic.until_alone(server)
    count = len(exchanges)
    must(moved(before, server.counters(), {ACCEPTED: count, closed("client_closed"): count}))


@case("a_server_that_is_stopped_and_continued_goes_on_where_it_was")
def stopped(ground):
    """Clients talk, and another one comes, while it is stopped."""
    server = ground.serve(**SMALL_BUFFERS)
    before = server.counters()
    exchanges = [Exchange(traffic.connect(server), 4 * MIB, pause=0.001, seed=seed) for seed in range(2)]
    stops = 0
    while any(exchange.is_alive() for exchange in exchanges):
        os.kill(server.pid, signal.SIGSTOP)
        if stops == 0:
            exchanges.append(Exchange(traffic.connect(server), MIB, seed=3))
        stops += 1
        time.sleep(0.02)
        os.kill(server.pid, signal.SIGCONT)
        time.sleep(0.02)
    exact(server, before, exchanges)
    return f"{sum(len(exchange.sent) for exchange in exchanges) / MIB:.0f} MiB exact over {stops} stops"


@case("a_storm_of_signals_changes_no_byte_and_ends_no_connection")
def storm(ground):
    server = ground.serve()
    before = server.counters()
    exchanges = [Exchange(traffic.connect(server), 16 * MIB, seed=seed) for seed in range(3)]
    sent = 0
    while any(exchange.is_alive() for exchange in exchanges):
        for number in HARMLESS:
            os.kill(server.pid, number)
        sent += len(HARMLESS)
        time.sleep(0)  # lets the clients' threads have a turn
    exact(server, before, exchanges)
    return f"48 MiB exact under {sent} signals"


@case("calls_that_signals_interrupt_and_sends_that_go_out_in_part_lose_no_byte")
def interrupted(ground):
    """Traced, a process is interrupted by signals that it would not notice otherwise; with small buffers and slow
    readers, in the middle of a send. Whether a signal meets a blocked call is up to the scheduler: repeated until one
    does."""
    server = ground.serve(**SMALL_BUFFERS, WRITE_TIMEOUT="20s")
    for rounds in range(1, MOST_ROUNDS + 1):
        calls, partial, stopped_short = interrupted_round(ground, server)
        if partial > 0 and (stopped_short > 0 or ground.model == "pool"):
            return (f"2 MiB exact over {calls} calls, of which {partial} sent a part and {stopped_short} were "
                    f"interrupted, in round {rounds}")
    raise AssertionError(f"in {MOST_ROUNDS} rounds no call was interrupted, or no send went out in part")


def interrupted_round(ground, server):
    before = server.counters()
    exchanges = [Exchange(traffic.connect(server, 8192), MIB, pause=0.002, seed=seed) for seed in range(2)]
    with injected(ground, server, "sendto,recvfrom") as trace:
        done = threading.Event()

        def interrupt():
            while not done.wait(0.001):
                for thread in server.echo_threads():
                    try:
                        signal_thread(server.pid, thread, signal.SIGWINCH)
                    except ProcessLookupError:
                        continue
        sender = threading.Thread(target=interrupt, daemon=True)
        sender.start()
        for exchange in exchanges:
            exchange.join(60)
        done.set()
        sender.join()
        calls = trace.lines()
    exact(server, before, exchanges)
    return len(calls), trace.partial(), trace.interrupted()


def signal_thread(pid, thread, number):
    """tgkill(2), for which Python has no name of its own."""
    if LIBC.tgkill(pid, thread, number) != 0:
        raise ProcessLookupError(thread)
