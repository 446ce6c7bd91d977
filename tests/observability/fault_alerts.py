#!/usr/bin/env python3
"""fault_alerts.py ROOT THREADECHO DIRECTORY: faults on demand fire the alerts that are for them, in a real Prometheus with
the rules that are shipped, and a real Alertmanager notifies of them and of their end. Before each fault and after it they are
silent. Only the times are shorter: what is over minutes in the rules is over SPAN here, and an alert waits for
PATIENCE_OF_ALERTS. The job has another name, and the rules follow it as docs/runbook.md says."""

import contextlib
import json
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from notifications import Alertmanager, Receiver
from programs import PATIENCE, Program, Threadecho, eventually
from prometheus_server import Prometheus

INTERVAL = "500ms"
JOB = "echo"
SPAN, PATIENCE_OF_ALERTS = "6s", "2s"
QUIET_SECONDS = 6  # that all alerts must be silent after a fault; as long as SPAN
FAULTS = [  # what is added, and the alert that it fires
    ({"fault": "delay", "delay": "200ms"}, "ThreadechoSlowEcho"),
    ({"fault": "unready"}, "ThreadechoNotReady"),
    ({"fault": "reset"}, "ThreadechoConnectionsLost"),
]
LOAD = ["--connections", "8", "--rate", "200", "--reconnect", "--duration", "10m", "--quiet"]


def with_short_times(rules):
    return re.sub(r"^( +(?:for|keep_firing_for)): \S+$", rf"\1: {PATIENCE_OF_ALERTS}",
                  re.sub(r"\[\d+m\]", f"[{SPAN}]", rules), flags=re.M)


def of_the_job(rules):
    return with_short_times(rules).replace('job="threadecho"', f'job="{JOB}"')


class Renamed(Prometheus):
    def targets_of(self, targets, watchers):
        return {JOB: [{"targets": targets}]}


def ask(server, method, path, body=None):
    request = urllib.request.Request(f"http://{server.target}{path}", method=method,
                                     data=json.dumps(body).encode() if body else None,
                                     headers={"Content-Type": "application/json"} if body else {})
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
        return json.load(answer)


def firing(prometheus):
    return sorted({alert["labels"]["alertname"] for alert in prometheus.ask("alerts")["alerts"]
                   if alert["state"] == "firing"})


def silent_for(prometheus, seconds):
    """Waits until no alert fires, then returns those that fire within so many seconds."""
    eventually("all alerts are silent", lambda: not firing(prometheus))
    found = set()
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found |= set(firing(prometheus))
        time.sleep(0.2)
    return sorted(found)


def notification_complaints(server, receiver, alert):
    """Both of an alert and of its end one can read what is wrong, and where to look."""
    for status in ("FIRING", "RESOLVED"):
        head = f"{status} warning {alert} {server.target} job={JOB}"
        eventually(f"the receiver logs: {head}", lambda head=head: head in receiver.lines)
        at = receiver.lines.index(head)
        eventually("the receiver logs the links", lambda at=at: len(receiver.lines) >= at + 4)
        text, runbook, dashboard = (line.strip() for line in receiver.lines[at + 1:at + 4])
        if not re.match(r"[A-Z].*\. .*" + re.escape(server.target) + r".*\.$", text):
            yield f"{head}: {text}"
        if not runbook.endswith(f"/runbook.md#{alert.lower()}") or f"var-job={JOB}&" not in dashboard:
            yield f"{head}: {runbook} {dashboard}"


def complaints(server, prometheus, receiver):
    if before := silent_for(prometheus, QUIET_SECONDS):
        yield f"without a fault {before} fire"
    for fault, alert in FAULTS:
        began = time.monotonic()
        added = ask(server, "POST", "/faults", {**fault, "duration": "10m"})
        eventually(f"{alert} fires", lambda alert=alert: alert in firing(prometheus))
        fired = time.monotonic() - began
        if firing(prometheus) != [alert]:
            yield f"{fault['fault']} fires {firing(prometheus)}, not {alert} alone"
        ended = ask(server, "DELETE", f"/faults/{added['id']}")
        if ended["injected"] == 0 and fault["fault"] != "unready":
            yield f"{fault['fault']} has hit nothing"
        began = time.monotonic()
        if after := silent_for(prometheus, QUIET_SECONDS):
            yield f"after {fault['fault']} {after} fire"
        silent = time.monotonic() - began - QUIET_SECONDS
        print(f"{fault['fault']}: {alert} fired after {fired:.1f} s and was silent {silent:.1f} s after its end")
        yield from notification_complaints(server, receiver, alert)


def main():
    root, binary, directory = sys.argv[1], Path(sys.argv[2]).resolve(), Path(sys.argv[3]).resolve()
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    with contextlib.ExitStack() as stack:
        server = Threadecho(binary, directory, "faulty", {"FAULTS": "on"})
        stack.callback(server.kill)
        receiver = Receiver(root)
        stack.callback(receiver.kill)
        alertmanager = Alertmanager(root, directory / "alertmanager", receiver)
        stack.callback(alertmanager.kill)
        prometheus = Renamed(root, directory / "prometheus", [server.target], INTERVAL, of_the_job,
                             alertmanager=alertmanager.target)
        stack.callback(prometheus.kill)
        load = Program([str(binary), "load", f"127.0.0.1:{server.port}", *LOAD], directory / "load.log",
                       stderr=subprocess.DEVNULL)
        stack.callback(load.kill)
        eventually("the load is scraped", lambda: prometheus.at("threadecho_connections_active == 8", time.time()))
        found = list(complaints(server, prometheus, receiver))
    print(*receiver.lines[:4], sep="\n")
    for complaint in found:
        print(complaint)
    print(f"{len(FAULTS)} faults: {len(found)} complaints")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
