"""Peers that are gone without a word: the link to them goes down for good."""

import os
import subprocess
import sys
import time

import traffic
from cases import case
from judges import busy, early, ended_for, late, moved, must
from programs import PATIENCE, Program, eventually
from server import ACCEPTED, Server, Watch, closed, in_the_end

NEAR, FAR = "10.78.0.1", "10.78.0.2"
WRITE_TIMEOUT, TCP_KEEPALIVE = 2, 1
USER_TIMEOUT = max(WRITE_TIMEOUT + 5, TCP_KEEPALIVE + 60)
LAST_WORD = 2 * TCP_KEEPALIVE  # an idle peer has answered a probe so long before its link went down, at most
PROBE_INTERVAL = 10  # an idle peer is given up at a probe
PEERS = """
import socket, sys, time
address = (sys.argv[1], int(sys.argv[2]))
def connect(receive_buffer=0):
    client = socket.socket()
    if receive_buffer:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    client.connect(address)
    client.sendall(b"hello")
    assert client.recv(5) == b"hello"
    return client
idle = [connect() for _ in range(3)]
stuck = connect(4096)
stuck.setblocking(False)
quiet_since = time.monotonic()
while time.monotonic() < quiet_since + 0.3:
    try:
        stuck.send(b"x" * 65536)
        quiet_since = time.monotonic()
    except BlockingIOError:
        pass
talker = connect()
print("ready", flush=True)
while True:
    talker.sendall(b"x" * 1000)
    talker.recv(65536)
"""


class Everywhere(Server):
    """Listens on all addresses, since those of the link are not there yet."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, address="0.0.0.0", **options)


def ip(*words):
    subprocess.run(["ip", *words], check=True)


def far_namespace(ground):
    """A second network namespace, held by a process that waits, with a link to ours. Returns what runs in it."""
    holder = Program(["unshare", "--net", "sleep", "600"], ground.directory / "namespace.log")
    ground.stack.callback(holder.kill)
    ours = os.readlink("/proc/self/ns/net")
    eventually("there is a second namespace", lambda: os.readlink(f"/proc/{holder.process.pid}/ns/net") != ours)
    inside = ["nsenter", "-t", str(holder.process.pid), "-n"]
    ip("link", "add", "near0", "type", "veth", "peer", "name", "far0", "netns", str(holder.process.pid))
    ip("address", "add", f"{NEAR}/24", "dev", "near0")
    ip("link", "set", "near0", "up")
    subprocess.run([*inside, "ip", "address", "add", f"{FAR}/24", "dev", "far0"], check=True)
    subprocess.run([*inside, "ip", "link", "set", "far0", "up"], check=True)
    return inside


@case("peers_whose_link_goes_down_are_gone_within_TCP_USER_TIMEOUT", namespace=True, lasts=True)
def vanished(ground):
    """Three that were idle, one that talked, and one that did not read, which WRITE_TIMEOUT ends as any other."""
    inside = far_namespace(ground)
    server = ground.serve(kind=Everywhere, WRITE_TIMEOUT=f"{WRITE_TIMEOUT}s", TCP_KEEPALIVE=f"{TCP_KEEPALIVE}s",
                          SOCKET_BUFFER_SIZE="16KiB")
    bystander, = traffic.hold(server, 1)
    before = server.counters()
    peers = Program([*inside, sys.executable, "-c", PEERS, NEAR, str(server.port)], ground.directory / "peers.log")
    ground.stack.callback(peers.kill)
    peers.find("ready")
    subprocess.run([*inside, "ip", "link", "set", "far0", "down"], check=True)
    began = time.monotonic()
    eventually("who did not read is ended", lambda: server.reasons().get("write_timeout"))
    unread = time.monotonic() - began
    watch = Watch(server)
    eventually("one of the others is gone", lambda: server.reasons().get("peer_timeout"), USER_TIMEOUT + PATIENCE)
    first = time.monotonic() - began
    eventually("all are gone", lambda: server.metric("threadecho_connections_active") == 1, PROBE_INTERVAL + PATIENCE)
    took = time.monotonic() - began
    used = watch.so_far()
    assert traffic.echoed(bystander)
    bystander.close()
    traffic.until_alone(server)
    must(busy(*used), early("the first is gone", first, USER_TIMEOUT - LAST_WORD),
         late("they are gone", took, USER_TIMEOUT + PROBE_INTERVAL + 5),
         in_the_end(lambda: ended_for(server.reasons(), {"write_timeout": 1, "peer_timeout": 4, "client_closed": 1})),
         moved(before, server.counters(), {ACCEPTED: 5, closed("peer_timeout"): 4, closed("write_timeout"): 1,
                                           closed("client_closed"): 1}))
    return (f"4 gone as peer_timeout after {first:.0f} to {took:.0f} s (TCP_USER_TIMEOUT {USER_TIMEOUT} s), 1 as "
            f"write_timeout after {unread:.1f} s")
