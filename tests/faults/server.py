"""The server under test, and what can be seen of it from outside."""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections import Counter
from pathlib import Path

from programs import PATIENCE, Threadecho, eventually

# Whatever moves without being expected to is a fault; bytes and receives depend on how the network cuts.
WATCHED = re.compile(r"^(threadecho_(?:connections_(?:accepted|rejected|closed)|accept_errors|log_lines_dropped)_total"
                     r"(?:\{.*\})?) (\S+)$", re.MULTILINE)


def series(name, **labels):
    inside = ",".join(f'{label}="{value}"' for label, value in labels.items())
    return f"threadecho_{name}_total" + (f"{{{inside}}}" if inside else "")


ACCEPTED = series("connections_accepted")


def in_the_end(complaints, seconds=PATIENCE):
    """What is still wrong when there was time to get it right: a connection's last line is logged a moment after it has
    left the figures."""
    with contextlib.suppress(TimeoutError):
        eventually("it is right", lambda: not complaints(), seconds)
    return complaints()


def closed(reason):
    return series("connections_closed", reason=reason)


def rejected(reason):
    return series("connections_rejected", reason=reason)


class Server(Threadecho):
    @property
    def pid(self):
        return self.process.pid

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    def status(self, path):
        try:
            with urllib.request.urlopen(f"http://{self.target}{path}", timeout=PATIENCE) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def counters(self):
        return {name: int(float(value)) for name, value in WATCHED.findall(self.exposition())}

    def cpu_seconds(self):
        """Of all threads, ended ones too: the process's clock, clock_getcpuclockid(3)."""
        return time.clock_gettime((~self.pid << 3) | 2)

    def threads(self):
        """Names by thread id. A thread may end while one looks."""
        names = {}
        for entry in Path(f"/proc/{self.pid}/task").iterdir():
            try:
                names[int(entry.name)] = (entry / "comm").read_text(encoding="utf-8").strip()
            except OSError:
                continue
        return names

    def thread(self, name):
        """Each gives itself its name, when it runs."""
        return eventually(f"there is a thread {name}", lambda: next(
            (tid for tid, known in self.threads().items() if known == name), None))

    def thread_of_connection(self, number):
        with urllib.request.urlopen(f"http://{self.target}/connections", timeout=PATIENCE) as answer:
            return next(one["thread"] for one in json.load(answer)["connections"] if one["id"] == number)

    def echo_threads(self):
        return [tid for tid, name in self.threads().items() if name.startswith(("echo-", "pool-"))]

    def pause(self):
        """Returns when no thread runs any more: SIGSTOP takes a moment to reach each."""
        self.process.send_signal(signal.SIGSTOP)
        eventually("it has stopped", lambda: all(
            Path(f"/proc/{self.pid}/task/{tid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "T"
            for tid in self.threads()))

    def held(self):
        """What must come back to what it was. Without a scrape, which would be a descriptor of its own."""
        return {"threads": len(self.threads()), "descriptors": len(os.listdir(f"/proc/{self.pid}/fd"))}

    def gauges(self):
        return {name: self.metric(f"threadecho_{name}") for name in ("active_threads", "connections_active", "connections_waiting")}

    def reasons(self):
        """Why connections ended, from the log, which outlives the process."""
        return dict(Counter(re.findall(r"connection closed .* reason=(\w+)", self.output())))

    def waiting_clients(self):
        """How many have completed their handshake and are not accepted yet."""
        said = subprocess.run(["ss", "-Hltn", f"sport = :{self.port}"], capture_output=True, text=True, check=True)
        return int(said.stdout.split()[1])


class Unheard(Server):
    """A server whose standard output is not its log: its ports are chosen here. Held by sockets that do not listen, so
    that no other process gets them."""

    def __init__(self, binary, directory, name, settings, **options):
        self._held = [socket.socket() for _ in range(2)]
        for one in self._held:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            one.bind(("127.0.0.1", 0))
        ports = tuple(str(one.getsockname()[1]) for one in self._held)
        super().__init__(binary, directory, name, settings, ports=ports, **options)

    def find_ports(self):
        self.port, self.http_port = (one.getsockname()[1] for one in self._held)
        eventually("it is ready", lambda: self.status("/readyz") == 200)
        for one in self._held:
            one.close()
        return self.port, self.http_port


class Watch:
    """How much processor time a server takes from here on."""

    def __init__(self, server):
        self.server, self.began, self.at_first = server, time.monotonic(), server.cpu_seconds()

    def so_far(self):
        """(processor seconds, seconds)"""
        return self.server.cpu_seconds() - self.at_first, time.monotonic() - self.began

    def after(self, seconds):
        time.sleep(max(0.0, self.began + seconds - time.monotonic()))
        return self.so_far()
