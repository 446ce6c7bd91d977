"""A path breaks between a watcher and a server that are well, or the server does: what the watcher says of it, and what the
server says of the same connection."""

import signal

from judges import ended_for, must
from programs import eventually
from server import in_the_end
from watched import INTERVAL, SERVER6, SERVERS, TIMEOUT, TWO_INTERVALS, figure, ip, not_told, now, path_case, watched

SERVER = SERVERS[0]


def one_reason(watcher, reason, count=1):
    """Its metrics have that loss and no other."""
    return in_the_end(lambda: [] if watcher.counted() == {reason: count} else
                      [f"the metrics have {watcher.counted()}, not {count} {reason}"])


@path_case("a_killed_server_closes_early_and_has_no_last_word")
def killed(ground):
    _, server, watcher = watched(ground)
    moment = now()
    server.kill()
    loss = watcher.has_lost(moment)
    must(not_told(loss, moment, reason="closed_early", place="idle", connection="lasting"),
         ended_for(server.reasons(), {}), one_reason(watcher, "closed_early"))
    ground.again(server)
    watcher.is_up()
    return figure(loss, moment)


@path_case("a_stopped_process_echoes_nothing_and_goes_on")
def stopped(ground):
    _, server, watcher = watched(ground)
    moment = now()
    server.pause()
    loss = watcher.has_lost(moment)
    must(not_told(loss, moment, reason="echo_timeout", place="waiting"))
    server.process.send_signal(signal.SIGCONT)
    watcher.is_up()
    must(one_reason(watcher, "echo_timeout"),
         in_the_end(lambda: without(server.reasons(), {"client_reset", "client_closed"})))
    return f"{figure(loss, moment)}; the server: {server.reasons()}"


@path_case("a_drained_server_closes_early_and_says_drain_forced")
def drained(ground):
    _, server, watcher = watched(ground, DRAIN_TIMEOUT="0s")
    moment = now()
    server.stop()
    loss = watcher.has_lost(moment)
    must(not_told(loss, moment, reason="closed_early", place="idle"), ended_for(server.reasons(), {"drain_forced": 1}),
         one_reason(watcher, "closed_early"))
    return f"{figure(loss, moment)}; the server: {server.reasons()}"


@path_case("a_link_that_is_down_echoes_nothing_then_leads_nowhere")
def link_down(ground):
    network, server, watcher = watched(ground)
    moment = now()
    ip("link", "set", "path0", "down", inside=network.far.inside)
    loss = watcher.has_lost(moment)
    must(not_told(loss, moment, reason="echo_timeout", place="waiting"), ended_for(server.reasons(), {}),
         one_reason(watcher, "echo_timeout"))
    ip("link", "set", "path0", "up", inside=network.far.inside)
    watcher.is_up()
    return figure(loss, moment)


def one_way(ground, direction, arrives):
    """Packets are lost in one direction; the server has received the message or not."""
    network, server, watcher = watched(ground)
    watcher_sent = "threadecho_watch_tcp_retransmitted_segments_total"
    before = server.metric("threadecho_received_bytes_total")
    network.tell(f"drop {direction}")
    moment = now()
    loss = watcher.has_lost(moment)
    received = server.metric("threadecho_received_bytes_total") - before
    must(not_told(loss, moment, reason="echo_timeout", place="waiting"), one_reason(watcher, "echo_timeout"),
         [] if (received > 0) == arrives else [f"the server has received {received:.0f} bytes"],
         [] if any(value > 0 for name, value in watcher.series().items() if name.startswith(watcher_sent)) else
         ["no segment was sent again"])
    network.tell("pass")
    watcher.is_up()
    return f"{figure(loss, moment)}; the server has received {received:.0f} bytes of it"


@path_case("packets_dropped_on_the_way_there_are_an_echo_that_does_not_come")
def dropped_there(ground):
    return one_way(ground, "to_server", arrives=False)


@path_case("packets_dropped_on_the_way_back_are_told_apart_by_what_the_server_received")
def dropped_back(ground):
    return one_way(ground, "to_client", arrives=True)


@path_case("lost_packets_are_retransmits_of_a_path_that_stays_up")
def lossy(ground):
    network, _, watcher = watched(ground, flags={"interval": "100ms"})
    counted = [name for name in watcher.series() if name.startswith("threadecho_watch_tcp_retransmitted_segments_total")]
    before = sum(watcher.series()[name] for name in counted)
    network.tell("lose to_server")
    again = eventually("segments are sent again", lambda: sum(watcher.series()[name] for name in counted) - before)
    path = watcher.paths()[next(iter(watcher.paths()))]
    must([] if path["state"] == "up" else [f"the path is {path['state']}"],
         [] if path["retransmitted_segments"] >= again else [f"/targets has {path['retransmitted_segments']}"],
         [] if not watcher.losses() else [f"lost: {watcher.losses()}"])
    return f"{again:.0f} segments sent again, {path['messages']['ok']} messages, none lost"


@path_case("a_middlebox_that_resets_is_told_by_both_ends_that_the_other_one_did_it")
def reset(ground):
    network, server, watcher = watched(ground)
    moment = now()
    network.tell("reset")
    loss = watcher.has_lost(moment)
    must(not_told(loss, moment, reason="reset", connection="lasting"),
         in_the_end(lambda: ended_for(server.reasons(), {"client_reset": 1})), one_reason(watcher, "reset"))
    watcher.is_up()
    return f"{figure(loss, moment)}; the server: {server.reasons()}"


@path_case("a_middlebox_that_forgets_idle_connections_is_found_by_the_idle_one_alone")
def forgotten(ground):
    """It forgets after 2 s; the lasting connection says something each second, the idle one each 3 s."""
    idle = 3.0
    network, _, watcher = watched(ground, flags={"idle": f"{idle:g}s"})
    moment = now()
    network.tell(f"forget {2 * INTERVAL}")
    loss = watcher.has_lost(moment)
    must(not_told(loss, moment, most=idle + TIMEOUT + TWO_INTERVALS, reason="echo_timeout", place="waiting",
                  connection="idle"),
         [] if loss["age_seconds"] >= idle else [f"its age is {loss['age_seconds']} s"],
         one_reason(watcher, "echo_timeout"))
    watcher.is_up()
    return f"{figure(loss, moment)}, at the age of {loss['age_seconds']:.1f} s"


@path_case("changed_bytes_are_wrong_bytes")
def flipped(ground):
    network, server, watcher = watched(ground)
    moment = now()
    network.tell("flip to_client")
    loss = watcher.has_lost(moment)
    wrong = 'threadecho_watch_messages_total{target="%s",address="%s:%s",node="",result="wrong"}'
    must(not_told(loss, moment, reason="wrong_bytes", place="waiting"), one_reason(watcher, "wrong_bytes"))
    assert watcher.series()[wrong % (f"server.test:{server.port}", SERVER, server.port)] == 1
    watcher.is_up()
    return figure(loss, moment)


@path_case("IPv6_can_be_lost_while_IPv4_works")
def without_ipv6(ground):
    network, server, watcher = watched(ground, addresses=(SERVER, SERVER6))
    moment = now()
    network.tell("drop ipv6")
    loss = watcher.has_lost(moment)
    address = f"[{SERVER6}]:{server.port}"
    must(not_told(loss, moment, reason="echo_timeout", place="waiting", address=address),
         one_reason(watcher, "echo_timeout"))
    states = {path: known["state"] for path, known in watcher.paths().items()}
    must([] if states == {address: "down", f"{SERVER}:{server.port}": "up"} else [f"the paths are {states}"])
    network.tell("pass")
    watcher.is_up(2)
    return figure(loss, moment)


def without(reasons, allowed):
    """The server has closed, and for no other reason."""
    return [] if reasons and set(reasons) <= allowed else [f"the server closed for {reasons}"]


