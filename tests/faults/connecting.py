"""More clients at once than wait in the queue, and a server that is killed and started again."""

import signal
import time

import traffic
from cases import case
from drains import begin_connect, is_connected
from judges import late, moved, must
from programs import PATIENCE, eventually
from server import ACCEPTED, closed

BACKLOG = 16
STORM = 300
KILLS = 5


@case("a_storm_of_connections_above_the_backlog_is_served_to_the_last_one")
def storm(ground):
    """The kernel drops what the queue has no room for, and the clients' kernels try again."""
    server = ground.serve(clients=STORM + 1, LISTEN_BACKLOG=str(BACKLOG))
    bystander, = traffic.hold(server, 1)
    before = server.counters()
    server.pause()
    clients = [begin_connect(server) for _ in range(STORM)]
    eventually("the queue is full", lambda: server.waiting_clients() == BACKLOG + 1)
    server.process.send_signal(signal.SIGCONT)
    began = time.monotonic()
    for client in clients:
        client.settimeout(PATIENCE)
    for client in clients:
        eventually("it is connected", lambda client=client: is_connected(client))
        assert traffic.echoed(client)
    took = time.monotonic() - began
    assert traffic.echoed(bystander)
    for client in (*clients, bystander):
        client.close()
    traffic.until_alone(server)
    must(moved(before, server.counters(), {ACCEPTED: STORM, closed("client_closed"): STORM + 1}))
    return f"{STORM} served through a queue of {BACKLOG} in {took:.1f} s, none refused"


@case("a_killed_server_starts_again_at_once_on_its_ports")
def killed(ground):
    """With clients, whose connections stay in the kernel for a while."""
    server = ground.serve()
    slowest = 0.0
    for _ in range(KILLS):
        clients = traffic.hold(server, 20)
        for client in clients[:10]:
            client.close()
        server.process.kill()
        server.process.wait()
        began = time.monotonic()
        server = ground.again(server)
        client, = traffic.hold(server, 1)
        slowest = max(slowest, time.monotonic() - began)
        for one in (*clients[10:], client):
            one.close()
    must(late("served again", slowest, 5.0))
    return f"{KILLS} times, serving after {slowest:.2f} s at most"
