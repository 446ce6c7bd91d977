#!/usr/bin/env python3
"""end_to_end.py ROOT THREADECHO DIRECTORY: the real program, watched by a real Prometheus with the configuration that is
shipped, under traffic of every kind and in each thread model. Everything that the dashboard, the rules and the alerts
ask for must return data that can be true; an alert fires and resolves. What was recorded stays in DIRECTORY."""

import contextlib
import re
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import subjects
import traffic
from evaluate import Window, all_complaints, broken_subjects_unseen
from programs import Threadecho, eventually
from prometheus_server import Prometheus

INTERVAL = "500ms"
SPAN = "4s"  # what $__rate_interval becomes
SETTINGS = {"MAX_CONNECTIONS": "40", "IDLE_TIMEOUT": "3s", "WRITE_TIMEOUT": "2s", "DRAIN_TIMEOUT": "6s",
            "SOCKET_BUFFER_SIZE": "64KiB", "POOL_THREADS": "2", "FAULTS": "on", "PROXY_PORT": "0"}
THREADS = {"blocking-pool": "16"}  # one for each client of the load
WAITING = 5
# drain_forced is not among them: the process ends with it, and seldom is it scraped in that last moment.
REASONS = {"client_closed", "client_reset", "idle_timeout", "write_timeout", "drained"}


def with_patience(rules):
    """Alerts wait for 5 s, and not for minutes."""
    return re.sub(r"^( +for): \S+$", r"\1: 5s", rules, flags=re.M)


def make_traffic(binary, server, prometheus):
    traffic.load(binary, server, "--connections", "16", "--duration", "6s")
    traffic.load(binary, server, "--connections", "2", "--bulk", "--duration", "2s")
    traffic.delayed(binary, server)
    traffic.as_a_balancer(binary, server)
    if server.name == "blocking-pool":  # more clients than threads: they wait
        queue = f'threadecho_connections_waiting{{instance="{server.target}"}} == {WAITING}'
        traffic.waiting(server, int(THREADS[server.name]), WAITING, lambda: prometheus.at(queue, time.time()))
    else:
        full = f'threadecho_ready{{instance="{server.target}"}} == 0'
        traffic.refused(server, int(SETTINGS["MAX_CONNECTIONS"]), lambda: prometheus.at(full, time.time()))
    traffic.reset(server, 5)
    traffic.idle(server)
    traffic.without_reading(server)
    traffic.without_descriptors(server)
    traffic.load(binary, server, "--connections", "4", "--churn", "--duration", "2s")


def drain(server, prometheus):
    """Stops the server with three clients, one of which closes in time, and starts it again."""
    clients = traffic.hold(server, 3)
    server.process.terminate()
    draining = f'threadecho_draining{{instance="{server.target}"}} == 1'
    eventually("the drain is scraped", lambda: prometheus.at(draining, time.time()))
    clients.pop().close()
    traffic.talk_to_the_end(server, clients)
    status = server.process.wait()
    assert status == 0, f"{server.name} has ended with {status}"
    assert "ended_at_deadline=2" in server.output(), server.output()
    return server.again()


def promtool_likes(exposition):
    done = subprocess.run(["promtool", "check", "metrics"], input=exposition, text=True, capture_output=True, timeout=60,
                          check=False)
    return [f"promtool check metrics: {line}" for line in (done.stdout + done.stderr).splitlines()]


def rule_complaints(prometheus):
    rules = [rule for group in prometheus.ask("rules")["groups"] for rule in group["rules"]]
    for rule in rules:
        if rule["health"] != "ok":
            yield f"rule {rule['name']}: {rule['health']}: {rule.get('lastError')}"
    print(f"{len(rules)} rules are loaded and evaluated")


def facts(window):
    """What is known of the traffic that was made must be seen in the panels."""
    def of(panel, letter="A"):
        return next(expression for expression in subjects.dashboard(sys.argv[1]).expressions()
                    if expression.where == f"panel '{panel}' {letter}")
    reasons = {labels["reason"] for labels, _ in window.data_of(of("Connections closed"))}
    if not REASONS <= reasons:
        yield f"Connections closed: {REASONS - reasons} is not there"
    threads = {labels["thread_model"]: max(values) for labels, values in window.data_of(of("Threads and connections"))}
    if threads["pool"] != int(SETTINGS["POOL_THREADS"]) or not 16 <= threads["per-connection"] <= 40:
        yield f"Threads and connections: {threads} threads"
    queue, = window.data_of(of("Threads and connections", "C"))
    if threads["blocking-pool"] != int(THREADS["blocking-pool"]) or max(queue[1]) != WAITING:
        yield f"Threads and connections: {threads} threads, {queue} waits"
    for panel in ("Switches per message", "Threads that serve", "Memory for each connection", "Clients waiting"):
        most = {labels["thread_model"]: max(values) for labels, values in window.data_of(of(panel))}
        if set(most) != {"per-connection", "blocking-pool", "pool"}:
            yield f"{panel}: only {set(most)}"
    if most != {"per-connection": 0, "blocking-pool": WAITING, "pool": 0}:
        yield f"Clients waiting: {most}"
    up = [(labels["text"], value) for labels, value in window.data_of(of("Up"))]
    if up != [("4/4", [1])]:
        yield f"Up: {up}, and all four are up at the end"
    states = {value for _, values in window.data_of(of("State")) for value in values}
    if states != {-1, 0, 1, 2}:
        yield f"State: {states}, and there were down, full, ready and draining"


def watch(root, binary, directory, stack):
    def start(name, model):
        settings = {**SETTINGS, "THREAD_MODEL": model, "POOL_THREADS": THREADS.get(model, SETTINGS["POOL_THREADS"])}
        server = Threadecho(binary, directory, name, settings)
        stack.callback(server.kill)
        return server

    servers = [start(model, model) for model in ("per-connection", "blocking-pool", "pool")]
    victim = start("victim", "per-connection")
    found = promtool_likes(servers[0].exposition())
    prometheus = Prometheus(root, directory / "prometheus", [server.target for server in (*servers, victim)], INTERVAL,
                            with_patience)
    stack.callback(prometheus.kill)
    began = time.time()
    eventually("all are up", lambda: prometheus.at("sum(up) == 4", time.time()))
    victim.kill()
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda server: make_traffic(binary, server, prometheus), servers))
        servers = list(pool.map(lambda server: drain(server, prometheus), servers))
    stack.callback(lambda: [server.kill() for server in servers])
    for alert in ("ThreadechoForcedDrains", "ThreadechoInstanceDown"):
        eventually(f"{alert} fires", lambda alert=alert: prometheus.firing(alert))
    eventually("the rest of the traffic is scraped", lambda: prometheus.at("sum(up) == 3", time.time()))
    victim = victim.again()
    stack.callback(victim.kill)
    eventually("ThreadechoInstanceDown resolves", lambda: not prometheus.firing("ThreadechoInstanceDown"))
    if prometheus.firing("ThreadechoDown"):
        found.append("ThreadechoDown fires while three of four are up")
    clients = {server: [] for server in servers}

    def are_scraped():
        for server, kept in clients.items():
            clients[server] = traffic.keep(server, kept, 3)
        return prometheus.at("sum(threadecho_connections_active) == 9", time.time())
    eventually("nine clients are scraped", are_scraped)
    window = Window(prometheus, began, time.time(), SPAN, INTERVAL)
    for client in (client for kept in clients.values() for client in kept):
        client.close()
    return found, window


def main():
    root, binary, directory = sys.argv[1], Path(sys.argv[2]).resolve(), Path(sys.argv[3]).resolve()
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    shown = subjects.dashboard(root).expressions()
    recorded, alerts = subjects.rule_expressions(root)
    recorded += [subjects.Expression(f"series {rule['record']}", rule["record"])
                 for rule in subjects.rules(root, subjects.RECORDING)]
    # What asks for watchers is tried by mesh_alerts.py.
    recorded, alerts = ([one for one in several if not subjects.is_of_watch(one)] for several in (recorded, alerts))
    with contextlib.ExitStack() as stack:
        found, window = watch(root, binary, directory, stack)
        found += [*rule_complaints(window.prometheus), *all_complaints(window, shown, recorded, alerts), *facts(window)]
        if not promtool_likes("threadecho_echoed_bytes 1\n"):
            found.append("promtool check metrics likes a metric without help")
        if not found:
            found += broken_subjects_unseen(window, shown, recorded)
    for complaint in found:
        print(complaint)
    print(f"{len(shown)} expressions of the dashboard, {len(recorded)} of recording rules, {len(alerts)} alerts over "
          f"{window.end - window.start:.0f} s: {len(found)} complaints")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
