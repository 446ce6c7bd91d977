"""A name that leads to another address: the watcher moves with it, and loses nothing."""

from judges import ended_for, must
from programs import eventually
from server import in_the_end
from watched import SERVERS, not_told, now, path_case, watched


@path_case("a_name_that_moves_is_followed_without_a_loss")
def moved(ground):
    network, server, watcher = watched(ground)
    moment = now()
    network.name(SERVERS[1])
    address = f"{SERVERS[1]}:{server.port}"
    eventually("it watches the new address alone", lambda: list(watcher.paths()) == [address])
    watcher.is_up()
    must([f"lost: {loss}" for loss in watcher.losses(moment)],
         in_the_end(lambda: ended_for(server.reasons(), {"client_closed": 1})))
    return f"on {address}; the server: {server.reasons()}"


@path_case("a_name_that_moves_away_from_a_broken_address_ends_the_outage")
def fled(ground):
    network, server, watcher = watched(ground)
    network.tell("drop to_server")
    moment = now()
    loss = watcher.has_lost(moment)
    must(not_told(loss, moment, reason="echo_timeout"))
    network.tell("pass")
    network.name(SERVERS[1])
    eventually("it watches the new address", lambda: list(watcher.paths()) == [f"{SERVERS[1]}:{server.port}"])
    watcher.is_up()
    return "up again at the new address"
