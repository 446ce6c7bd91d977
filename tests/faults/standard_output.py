"""Standard output has no room, or nothing reads it: lines are dropped and counted, and no echo waits."""

import fcntl
import os
import subprocess
import time

import traffic
from cases import Skipped, case
from judges import moved, must
from programs import eventually
from server import ACCEPTED, Unheard, closed, in_the_end, series

DROPPED = series("log_lines_dropped")
CLIENTS = 200
LINES = 2 * CLIENTS  # each client's start and end


def crowd(server):
    began = time.monotonic()
    for client in traffic.hold(server, CLIENTS):
        client.close()
    took = time.monotonic() - began
    traffic.until_alone(server)
    return took


def nothing_gets_out(ground, stdout):
    server = ground.serve(kind=Unheard, clients=CLIENTS, options={"stdout": stdout})
    before = server.counters()
    assert before[DROPPED] == 1, f"{before[DROPPED]} lines are dropped at the start, where it says that it serves"
    took = crowd(server)
    must(in_the_end(lambda: moved(before, server.counters(), {
        DROPPED: LINES, ACCEPTED: CLIENTS, closed("client_closed"): CLIENTS})))
    return f"{LINES} of {LINES} lines dropped and counted, {CLIENTS} clients echoed in {took:.2f} s"


@case("a_device_that_is_always_full_takes_no_line_and_no_echo_waits")
def always_full(ground):
    with open("/dev/full", "wb") as full:
        return nothing_gets_out(ground, full)


@case("a_closed_pipe_takes_no_line_and_no_echo_waits")
def closed_pipe(ground):
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as pipe:
        return nothing_gets_out(ground, pipe)


@case("a_disk_that_fills_up_keeps_whole_lines_and_no_echo_waits", namespace=True)
def full_disk(ground):
    """A file system of 64 KiB: of the lines that do not fit, none is written in part but the one at the edge."""
    disk = ground.directory / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk]
    if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        raise Skipped("no file system may be mounted here")
    with open(disk / "log", "wb") as log:
        server = ground.serve(kind=Unheard, clients=CLIENTS, options={"stdout": log})
    before = server.counters()
    for _ in range(3):
        crowd(server)

    def complaints():
        whole = (disk / "log").read_bytes().count(b"\n")
        return moved(before, server.counters(), {DROPPED: 3 * LINES + 1 - whole, ACCEPTED: 3 * CLIENTS,
                                                 closed("client_closed"): 3 * CLIENTS})
    must(in_the_end(complaints))
    *whole, rest = (disk / "log").read_bytes().split(b"\n")
    dropped = server.counters()[DROPPED]
    assert dropped > 0
    return f"{len(whole)} lines written, {1 if rest else 0} in part, {dropped} dropped and counted"


@case("a_pipe_that_nobody_reads_holds_no_echo_back_and_is_used_again_when_read")
def unread_pipe(ground):
    reader, writer = os.pipe()
    with os.fdopen(reader, "rb", buffering=0) as unread:
        with os.fdopen(writer, "wb") as pipe:
            server = ground.serve(kind=Unheard, clients=CLIENTS, options={"stdout": pipe})
        fcntl.fcntl(unread, fcntl.F_SETPIPE_SZ, 16384)
        took = crowd(server)
        os.set_blocking(reader, False)
        kept = bytearray()

        def complaints():
            kept.extend(unread.read(1 << 16) or b"")
            return moved({}, {"lines kept or dropped": kept.count(b"\n") + server.counters()[DROPPED]},
                         {"lines kept or dropped": LINES + 1})
        must(in_the_end(complaints))
        dropped = server.counters()[DROPPED]
        assert dropped > 0 and kept.endswith(b"\n"), kept[-100:]
        client, = traffic.hold(server, 1)
        client.close()
        eventually("the log goes on", lambda: b"connection closed" in (unread.read(1 << 16) or b""))
        must([] if server.counters()[DROPPED] == dropped else ["lines are dropped that have room"])
    return f"{dropped} of {LINES} lines dropped and counted, {CLIENTS} clients echoed in {took:.2f} s, then on"


@case("a_pipe_that_is_not_read_for_a_while_has_a_line_for_every_connection_that_ended")
def paused_reader(ground):
    """Beyond half of the pipe the lines of openings are dropped, so that those of ends find room."""
    reader, writer = os.pipe()
    with os.fdopen(reader, "rb", buffering=0) as unread:
        with os.fdopen(writer, "wb") as pipe:
            server = ground.serve(kind=Unheard, clients=CLIENTS, options={"stdout": pipe})
        size = fcntl.fcntl(unread, fcntl.F_GETPIPE_SZ)
        if size < 1 << 20:
            raise Skipped(f"a pipe of {size} bytes may not be made larger here")
        clients = in_half = 0
        for _ in range(size // LINES // 32):  # no line is shorter
            crowd(server)
            clients += CLIENTS
            if server.counters()[DROPPED] == 0:
                in_half = clients
            elif clients > in_half + 5 * CLIENTS:
                break
        os.set_blocking(reader, False)
        kept = bytearray()

        def complaints():
            kept.extend(unread.read(1 << 20) or b"")
            opened, ended = kept.count(b"connection opened"), kept.count(b"connection closed")
            return moved({}, {"ends": ended, "openings kept or dropped": opened + server.counters()[DROPPED]},
                         {"ends": clients, "openings kept or dropped": clients})
        must(in_the_end(complaints))
        dropped = server.counters()[DROPPED]
        assert dropped > 0, f"no line of {clients} connections found a pipe of {size} bytes half full"
    return f"{clients} ends of {clients}; both lines of the first {in_half}, then {dropped} openings dropped"
