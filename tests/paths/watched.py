"""A watcher in a network namespace of its own, a middlebox between it and its servers, and a name that leads to these."""

import json
import os
import re
import subprocess
import sys
import urllib.request
from datetime import datetime, timezone
from pathlib import Path

from cases import case
from judges import must
from middlebox import open_device
from programs import PATIENCE, Program, eventually
from server import Server

INTERVAL, TIMEOUT = 1.0, 0.7
TWO_INTERVALS = 2 * INTERVAL  # the contract: a broken path is told within them
NAME = "server.test"
SERVERS = ("10.78.0.1", "10.78.0.3", "10.78.0.4")
SERVER6 = "fd78::1"
WATCHER, WATCHER6 = "10.78.0.2", "fd78::2"
NEAR, FAR = "10.79.0.1", "10.79.0.2"  # a link beside the path, for questions to the watcher
HOSTS_BYTES = 256
HERE = Path(__file__).resolve().parent
NETWORKS, WATCHERS = [], []  # of the case, which has this process to itself


def now():
    """In milliseconds, as the log has it."""
    moment = datetime.now(timezone.utc)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def path_case(name, lasts=False):
    """A case that ends with a look at its watchers: each stops in order, and says whether it has lost anything."""
    def add(run):
        def run_and_end(ground):
            figure_ = run(ground)
            for network in NETWORKS:
                network.tell("pass")  # the ends of connections come through
            for watcher in WATCHERS:
                losses = watcher.losses()
                status = watcher.stop()
                must([] if status == (1 if losses else 0) else [f"it ends with {status} after {len(losses)} losses"])
            return figure_
        return case(name, models=("pool",), namespace=True, lasts=lasts)(run_and_end)
    return add


def seconds_after(moment, line):
    return (datetime.fromisoformat(line["time"].replace("Z", "+00:00")) - moment).total_seconds()


def ip(*words, inside=()):
    subprocess.run([*inside, "ip", *words], check=True)


class Namespace:
    """A second network namespace, held by a process that waits, with a link to ours."""

    def __init__(self, ground):
        holder = Program(["unshare", "--net", "sleep", "3600"], ground.directory / "namespace.log")
        ground.stack.callback(holder.kill)
        ours = os.readlink("/proc/self/ns/net")
        eventually("there is a second namespace", lambda: os.readlink(f"/proc/{holder.process.pid}/ns/net") != ours)
        self.inside = ["nsenter", "-t", str(holder.process.pid), "-n"]
        ip("link", "add", "near0", "type", "veth", "peer", "name", "far0", "netns", str(holder.process.pid))
        ip("address", "add", f"{NEAR}/24", "dev", "near0")
        ip("link", "set", "near0", "up")
        ip("link", "set", "lo", "up", inside=self.inside)
        ip("address", "add", f"{FAR}/24", "dev", "far0", inside=self.inside)
        ip("link", "set", "far0", "up", inside=self.inside)


class Network:
    """Servers are here, the watcher is in the other namespace, and each packet between them goes through the middlebox."""

    def __init__(self, ground):
        self.far = Namespace(ground)
        device = open_device("server0", *(f"{address}/24" for address in SERVERS), f"{SERVER6}/64")
        ground.stack.callback(os.close, device)
        self._middlebox = Program([*self.far.inside, sys.executable, "-B", str(HERE / "middlebox.py"), str(device),
                                   f"{WATCHER}/24", f"{WATCHER6}/64"], ground.directory / "middlebox.log",
                                  stdin=subprocess.PIPE, pass_fds=[device])
        ground.stack.callback(self._middlebox.kill)
        self._middlebox.find("ready")
        self._told = 0
        self._hosts = ground.directory / "hosts"
        self._hosts.write_text("", encoding="utf-8")
        subprocess.run(["mount", "--bind", str(self._hosts), "/etc/hosts"], check=True)
        NETWORKS.append(self)

    def tell(self, command):
        """Returns when the middlebox does it."""
        self._told += 1
        self._middlebox.process.stdin.write(f"{command}\n".encode())
        self._middlebox.process.stdin.flush()
        eventually(f"the middlebox does: {command}", lambda: self._middlebox.output().count("done") == self._told)

    def name(self, *addresses):
        """What the name leads to from now on. In place, because the file is mounted, and in one write of always the same
        length: otherwise the name would be gone for a moment."""
        text = "".join(f"{address} {NAME}\n" for address in addresses)
        with open(self._hosts, "r+b", buffering=0) as file:
            file.write(text.ljust(HOSTS_BYTES, "\n").encode())


class Watcher(Program):
    def __init__(self, ground, inside, targets, log="watch.log", **flags):
        flags = {"interval": f"{INTERVAL:g}s", "timeout": f"{1000 * TIMEOUT:g}ms", "resolve_every": "500ms",
                 "connect_every": "0s", "idle": "0s", "http_port": "0", "version_port": "0", "log_format": "json", **flags}
        arguments = [word for name, value in flags.items() for word in (f"--{name.replace('_', '-')}", value)]
        super().__init__([*inside, str(ground.binary), "watch", *targets, *arguments], ground.directory / log,
                         env={"PATH": os.environ["PATH"]}, cwd=ground.directory)
        ground.stack.callback(self.kill)
        port = self.find(r'"http": ?"[^"]*:(\d+)"').group(1)
        self.http = f"{FAR}:{port}"
        WATCHERS.append(self)

    def ask(self, path):
        with urllib.request.urlopen(f"http://{self.http}{path}", timeout=PATIENCE) as answer:
            return answer.read().decode()

    def paths(self):
        """What it knows of each, by address."""
        targets = json.loads(self.ask("/targets"))["targets"]
        return {path["address"]: path for target in targets for path in target["paths"]}

    def series(self):
        """Names with labels, and values."""
        return {name: float(value) for name, value in re.findall(r"^(\w+(?:\{.*\})?) (\S+)$", self.ask("/metrics"), re.M)}

    def lines(self, message, moment=None):
        """Of the log, after the moment."""
        found = [json.loads(line) for line in self.output().splitlines() if line.startswith("{") and line.endswith("}")]
        return [line for line in found if line["message"] == message and (not moment or seconds_after(moment, line) >= 0)]

    def losses(self, moment=None):
        return self.lines("connection lost", moment)

    def has_lost(self, moment):
        """Waits for the first loss after the moment."""
        return eventually("a connection is lost", lambda: self.losses(moment))[0]

    def is_up(self, count=1):
        def all_up():
            states = [path["state"] for path in self.paths().values()]
            return len(states) == count and set(states) == {"up"}
        eventually(f"{count} paths are up", all_up)

    def counted(self):
        """Lost connections by reason, as its metrics have them."""
        return {name.split('reason="')[1].split('"')[0]: int(value) for name, value in self.series().items()
                if name.startswith("threadecho_watch_connections_lost_total{") and value}


def watched(ground, addresses=SERVERS[:1], flags=None, **settings):
    """A network, a server in it, and a watcher of all its addresses that has found them up."""
    network = Network(ground)
    server = ground.serve(kind=DualStack, **settings)
    network.name(*addresses)
    watcher = Watcher(ground, network.far.inside, [f"{NAME}:{server.port}"], **(flags or {}))
    watcher.is_up(len(addresses))
    return network, server, watcher


class DualStack(Server):
    """Listens on all addresses of both families."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, address="::", **options)


def not_told(loss, moment, most=TWO_INTERVALS, **expected):
    """What is wrong with a loss: its fields, and when it was told."""
    after = seconds_after(moment, loss)
    if after > most:
        yield f"the loss is told after {after:.2f} s, later than {most:g}"
    for name, value in expected.items():
        if loss.get(name) not in (value if isinstance(value, tuple) else (value,)):
            yield f"{name} is {loss.get(name)}, not {value}: {loss}"


def figure(loss, moment):
    return f"{loss['reason']} ({loss['connection']}, {loss['place']}) after {seconds_after(moment, loss):.2f} s"
