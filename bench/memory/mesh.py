#!/usr/bin/env python3
"""mesh.py THREADECHO [NODES]...: what a pod of deploy/kubernetes/mesh needs in a mesh of NODES nodes: memory of the
cgroup and of the process, and processor time, of its server and of its watcher. The watcher has as many paths, and the
server as many connections, as in a real mesh: all paths lead to that one server, each by another loopback address of
one name. Run it as root, on an otherwise idle machine. docs/watch.md shows the results."""

import contextlib
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from cgroup import Cgroup

MESH = Path(__file__).resolve().parents[2] / "deploy/kubernetes/mesh"
HERE = {"PORT": "0", "HTTP_PORT": "0", "WATCH_HTTP_PORT": "0", "WATCH_VERSION_PORT": "0", "WATCH_AGGREGATE": "off"}
SECONDS = 60
MIB = 1 << 20


def settings(name):
    lines = (MESH / name).read_text(encoding="utf-8").splitlines()
    return {**dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#")), **HERE}


class Part:
    """The server or the watcher, in a cgroup of its own."""

    def __init__(self, stack, arguments, environment, pattern):
        self.cgroup = Cgroup(f"threadecho-mesh-{len(arguments)}")
        stack.callback(self.cgroup.close)
        log = stack.enter_context(tempfile.NamedTemporaryFile())
        self.process = subprocess.Popen(arguments, env={"PATH": os.environ["PATH"], **environment}, stdout=log,
                                        preexec_fn=self.cgroup.enter)
        stack.callback(self.process.wait)
        stack.callback(self.process.kill)
        while not (found := re.search(pattern, Path(log.name).read_text(encoding="utf-8"))):
            time.sleep(0.05)
        self.ports = found.groups()

    def processor_seconds(self):
        return time.clock_gettime((~self.process.pid << 3) | 2)

    def resident(self):
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="utf-8")
        return int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) * 1024


def scrape(port):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=60) as answer:
        return answer.read().decode()


def measure(binary, nodes):
    with contextlib.ExitStack() as stack:
        server = Part(stack, [binary, "serve"], settings("settings.env"), r'"echo":"[^"]*:(\d+)".*"http":"[^"]*:(\d+)"')
        hosts = stack.enter_context(tempfile.NamedTemporaryFile("w"))
        hosts.writelines(f"127.0.{i // 250}.{i % 250 + 1} mesh.test\n" for i in range(nodes))
        hosts.flush()
        with_hosts = ["unshare", "--mount", "sh", "-c", 'mount --bind "$0" /etc/hosts && exec "$@"', hosts.name]
        watcher = Part(stack, [*with_hosts, binary, "watch"],
                       {**settings("watch.env"), "WATCH_TARGETS": f"mesh.test:{server.ports[0]}"},
                       r'"http":"[^"]*:(\d+)"')
        parts, ports = {"server": server, "watcher": watcher}, {"server": server.ports[1], "watcher": watcher.ports[0]}
        time.sleep(35)  # until each path had its fresh connection
        before = {name: part.processor_seconds() for name, part in parts.items()}
        for _ in range(SECONDS // 15):
            time.sleep(15)
            text = {name: scrape(port) for name, port in ports.items()}
        up = len(re.findall(r"^threadecho_watch_up\{.*\} 1$", text["watcher"], re.M))
        for name, part in parts.items():
            busy = (part.processor_seconds() - before[name]) / SECONDS
            series = sum(not line.startswith("#") for line in text[name].splitlines())
            print(f"{nodes:5} nodes, {name:7}: {part.cgroup.parts()[0] / MIB:6.1f} MiB "
                  f"({part.resident() / MIB:5.1f} resident), {1000 * busy:6.1f} m of a CPU, {series} series, {up} paths up", flush=True)


def main():
    for nodes in map(int, sys.argv[2:] or ("3", "100")):
        measure(sys.argv[1], nodes)


if __name__ == "__main__":
    main()
