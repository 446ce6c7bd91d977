#!/usr/bin/env python3
"""try_settings.py ROOT THREADECHO DIRECTORY: the program starts with the environment that a pod has, says that every
setting came from there, and in which pod it is, and answers the probes, the smoke test and, for a shorter time, the load
as the manifests have them.
For each rendering; without kubectl, for what stands in the base."""

import json
import re
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent / "observability"))

# Below the line above, which they need.
import rendering
from files import WATCH
from pods import is_watcher, pods_of, settings_of
from programs import PATIENCE, Program, Threadecho, eventually
from workload import DOWNWARD, PROBES

# On this machine other ports are free, and no other host is to reach them.
HERE = {"PORT": "0", "HTTP_PORT": "0", "BIND_ADDRESS": "127.0.0.1", "LOG_FORMAT": "text"}
SHORT = {"--duration": "100ms", "--ramp": "100ms"}
IN_POD = {name: f"the-{name.lower()}" for name in DOWNWARD}


def ask(server, path):
    with urllib.request.urlopen(f"http://{server.target}{path}", timeout=PATIENCE) as answer:
        return answer.read().decode()


def configuration_complaints(server, settings):
    shown = json.loads(ask(server, "/config"))
    for name, value in settings.items():
        if shown[name]["source"] != "environment":
            yield f"{name}={value} has not reached the server: {shown[name]}"
    for name, value in IN_POD.items():
        if value not in server.output() or value not in ask(server, "/version"):
            yield f"neither the log nor /version says {name}"


def probe_complaints(server, pod):
    for container in pod.containers:
        for name in () if is_watcher(container) else PROBES:
            ask(server, container[name]["httpGet"]["path"])  # throws at any status but 200
    if server.metric("threadecho_connections_accepted_total") != 0:
        yield "a probe counted as a client"


def watch_complaints(binary, directory, server, shown, container):
    """The watcher of the pod finds the server up, and its node; then it answers its probes."""
    environment = {**settings_of(shown, of_watcher=True), "WATCH_TARGETS": f"127.0.0.1:{server.port}",
                   "WATCH_HTTP_PORT": "0", "WATCH_HTTP_BIND_ADDRESS": "127.0.0.1",
                   "WATCH_VERSION_PORT": str(server.http_port)}
    watcher = Program([binary, *container["args"]], directory / "watch.log", env=environment, cwd=directory)
    try:
        port = watcher.find(r'"http": ?"[^"]*:(\d+)').group(1)
        watcher.target = f"127.0.0.1:{port}"
        eventually("the watcher knows the node", lambda: f'node="{IN_POD["NODE_NAME"]}"' in ask(watcher, "/metrics"))
        for name in PROBES:
            ask(watcher, container[name]["httpGet"]["path"])
        if "threadecho_watch_up{" not in ask(watcher, "/metrics"):
            yield "the watcher has no path"
    finally:
        watcher.kill()


def option_complaints(root, binary):
    """The page's table of options has those of the program, each with its variable."""
    said = subprocess.run([binary, "watch", "--help"], capture_output=True, text=True, timeout=PATIENCE, check=True).stdout
    flags = set(re.findall(r"^ +(?:-\w, )?(--[a-z-]+)", said, re.M)) - {"--help", "--dry-run"}
    rows = dict(re.findall(r"^\| `(--[a-z-]+)` \| `(\w+)` \|", (root / WATCH).read_text(encoding="utf-8"), re.M))
    for flag in sorted(flags ^ rows.keys()):
        yield f"{WATCH}: {flag} is {'missing' if flag in flags else 'no option of watch'}"
    for flag, variable in rows.items():
        if variable != "WATCH_" + flag[2:].upper().replace("-", "_"):
            yield f"{WATCH}: the variable of {flag} is not {variable}"


def here(argument, server):
    """An argument of a Job for a server on this machine, and for a short run."""
    flag = argument.split("=")[0]
    return f"{flag}={SHORT[flag]}" if flag in SHORT else argument.replace("threadecho:9000", f"127.0.0.1:{server.port}")


def job_complaints(binary, server, job):
    for pod in pods_of(job):
        arguments = [here(argument, server) for argument in pod.containers[0]["args"]]
        done = subprocess.run([binary, *arguments], capture_output=True, text=True, timeout=PATIENCE, check=False)
        if done.returncode != 0:
            yield f"{' '.join(arguments)} ends with {done.returncode}: {done.stdout}{done.stderr}"


def complaints(binary, directory, shown, jobs):
    settings = settings_of(shown)
    server = Threadecho(binary, directory, shown.name.split()[0], {**settings, **HERE, **IN_POD}, ("0", "0"))
    try:
        found = [*configuration_complaints(server, settings)]
        for pod in pods_of(shown):
            found += probe_complaints(server, pod)
            for container in filter(is_watcher, pod.containers):
                found += watch_complaints(binary, directory, server, shown, container)
        for job in jobs:
            found += job_complaints(binary, server, job)
    finally:
        server.kill()
    return [f"{shown.name}: {text}" for text in found]


def main():
    root, binary, directory = (Path(argument).resolve() for argument in sys.argv[1:4])
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    shown = rendering.sources(root) if rendering.why_not_kubectl() else rendering.renderings(root)
    jobs = [one for one in shown if one.name in ("smoke-test", "load")]
    servers = [one for one in shown if one not in jobs and (one.name in rendering.OWN or not one.rendered)]
    # The Jobs ask the Service of the base, which the mesh is not behind.
    found = [text for one in servers
             for text in complaints(binary, directory, one, [] if one.name.startswith("mesh") else jobs)]
    found += option_complaints(root, binary)
    for complaint in found:
        print(complaint)
    print(f"started as in {', '.join(one.name for one in servers)}: {len(found)} complaints")
    return 1 if found else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except RuntimeError as reason:  # the program has ended at once
        sys.exit(str(reason))
