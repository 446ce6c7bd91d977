"""Three real servers are replaced one after the other, while they are watched."""

from collections import Counter

from judges import must
from programs import eventually
from server import Server
from watched import NAME, SERVERS, Network, Watcher, now, path_case

PORT = "9000"
WITH_DRAIN = {"DRAIN_DELAY": "2s", "DRAIN_TIMEOUT": "10s"}  # the watcher looks the name up each 0.5 s
WITHOUT = {"DRAIN_TIMEOUT": "0s"}


def start(ground, address, settings):
    """A server of that address, whose metrics are on loopback."""
    return ground.serve(kind=Server, options={"address": address, "ports": (PORT, "0")},
                        **{"HTTP_BIND_ADDRESS": "127.0.0.1", **settings})


def three_servers(ground, settings):
    network = Network(ground)
    servers = {address: start(ground, address, settings) for address in SERVERS}
    network.name(*SERVERS)
    watcher = Watcher(ground, network.far.inside, [f"{NAME}:{PORT}"], connect_every="1s", idle="2s")
    watcher.is_up(len(SERVERS))
    return network, servers, watcher


def stop(server):
    status = server.stop()
    assert status == 0, f"a server has ended with {status}"
    return server.reasons()


@path_case("a_rolling_update_with_drain_loses_nothing", lasts=True)
def with_drain(ground):
    """The address of a server that stops leaves DNS as it begins to drain, as that of a pod does."""
    network, servers, watcher = three_servers(ground, WITH_DRAIN)
    moment, reasons = now(), Counter()
    for address, server in servers.items():
        network.name(*(other for other in SERVERS if other != address))
        reasons += stop(server)
        start(ground, address, WITH_DRAIN)
        network.name(*SERVERS)
        watcher.is_up(len(SERVERS))
    must([f"lost: {loss}" for loss in watcher.losses(moment)],
         [f"the servers closed for {reasons}"] if set(reasons) - {"client_closed", "drained"} else [],
         [f"the metrics have {watcher.counted()}"] if watcher.counted() else [])
    return f"3 servers were replaced, nothing was lost; they closed for {dict(reasons)}"


@path_case("a_rolling_update_without_drain_loses_each_connection", lasts=True)
def without_drain(ground):
    _, servers, watcher = three_servers(ground, WITHOUT)
    moment = now()
    for address, server in servers.items():
        eventually("it has its idle connection too", lambda server=server:
                   server.metric("threadecho_connections_active") >= 2)
        reasons = stop(server)
        must([f"the server closed for {reasons}"] if not reasons.get("drain_forced") else [])
        eventually("both connections are lost", lambda address=address:
                   lost(watcher, moment, address) >= {"lasting", "idle"})
        start(ground, address, WITHOUT)
        watcher.is_up(len(SERVERS))
    lasting = [loss for loss in watcher.losses(moment) if loss["connection"] == "lasting"]
    must([] if Counter(loss["address"] for loss in lasting) == {f"{address}:{PORT}": 1 for address in SERVERS} else
         [f"lost: {lasting}"], [f"{loss}" for loss in lasting if loss["reason"] != "closed_early"])
    return f"3 servers were replaced, and lost: {watcher.counted()}"


def lost(watcher, moment, address):
    """Which connections to the address."""
    return {loss["connection"] for loss in watcher.losses(moment) if loss["address"] == f"{address}:{PORT}"}
