"""The servers that are compared: this project's, in both models, and the peers of bench/peers."""

import os
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

PATIENCE = 30  # seconds that a server has to say its port; a Java machine needs one
# The thread of our server that answers scrapes: its CPU time is their cost.
HTTP_THREAD = "http"


@dataclass(frozen=True)
class Server:
    """`key` names it on the command line and in results, `label` for people."""
    key: str
    label: str
    command: tuple
    ours: bool = False
    needs: tuple = ()  # programs without which it is left out
    make: tuple = field(default=(), compare=False)  # builds it, if that is not CMake's affair

    def missing(self):
        return [program for program in self.needs if not shutil.which(program)]


def ours(binary, *flags):
    # LOG_LEVEL is its default, info: a line for each connection's start and end. All metrics are on: they cannot be off.
    return (str(binary), "--bind-address", "127.0.0.1", "--port", "0", "--http-port", "0", "--max-connections", "30000",
            *flags)


def all_servers(build, sources):
    """`build` is the release build's folder, `sources` bench/."""
    binary, peers, source = build / "threadecho", build / "bench" / "peers", Path(sources) / "peers"
    pool = ("--thread-model", "pool", "--pool-threads")
    return [
        Server("per-connection", "threadecho, per-connection", ours(binary), ours=True),
        Server("batch", "threadecho, per-connection, SCHED_POLICY=batch", ours(binary, "--sched-policy", "batch"),
               ours=True),
        Server("pool-1", "threadecho, pool of 1", ours(binary, *pool, "1"), ours=True),
        Server("pool-2", "threadecho, pool of 2", ours(binary, *pool, "2"), ours=True),
        Server("c-threads", "plain C, thread per connection", (str(peers / "c_threads"),)),
        Server("epoll-1", "plain C, epoll, 1 thread", (str(peers / "epoll"), "1")),
        Server("epoll-2", "plain C, epoll, 2 threads", (str(peers / "epoll"), "2")),
        Server("asio-1", "Boost.Asio, 1 thread", (str(peers / "asio"), "1")),
        Server("asio-2", "Boost.Asio, 2 threads", (str(peers / "asio"), "2")),
        Server("lesson", "Python lesson, with its print", (sys.executable, str(source / "lesson.py"))),
        Server("lesson-quiet", "Python lesson, without print", (sys.executable, str(source / "lesson.py"), "--quiet")),
        Server("go", "Go, goroutine per connection", (str(peers / "goroutines"),), needs=("go",),
               make=("go", "build", "-o", str(peers / "goroutines"), str(source / "goroutines.go"))),
        Server("java", "Java, thread per connection", ("java", "-cp", str(peers), "Threads"), needs=("java", "javac"),
               make=("javac", "-d", str(peers), str(source / "Threads.java"))),
    ]


class Running:
    """A running server, whose output goes to a file, like that of a service. Use it in `with`, which kills it at the
    end and stores its resource usage, as the kernel counts it, in `usage`."""

    def __init__(self, server, log):
        self._log = Path(log)
        with open(self._log, "wb") as output:
            self._process = subprocess.Popen(server.command, stdin=subprocess.DEVNULL, stdout=output,
                                             stderr=subprocess.STDOUT)
        self.pid = self._process.pid
        self.usage = None

    def __enter__(self):
        try:
            self.port = self._said(rb"(?:^port |serving echo=\S+:)(\d+)")
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(self, *_):
        self._end()

    def http_port(self):
        return self._said(rb"serving .*http=\S+:(\d+)")

    def _end(self):
        self._process.kill()
        _, _, self.usage = os.wait4(self.pid, 0)
        self._process.returncode = 0  # it is reaped: subprocess has nothing left to wait for

    def _said(self, pattern):
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            text = self._log.read_bytes()
            if match := re.search(pattern, text, re.MULTILINE):
                return int(match.group(1))
            time.sleep(0.01)
        raise RuntimeError(f"{self._process.args}: did not say its port within {PATIENCE} s:\n{text.decode()}")

    def cpu_seconds(self):
        """So far, in the kernel's ticks of 10 ms."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def switches(self):
        """Context switches so far, of the threads that live."""
        counts = re.compile(r"ctxt_switches:\s+(\d+)")
        return sum(int(count) for task in Path(f"/proc/{self.pid}/task").iterdir()
                   for count in counts.findall((task / "status").read_text()))

    def resident_bytes(self):
        return int(re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{self.pid}/status").read_text()).group(1)) * 1024

    def descriptors(self):
        folder = f"/proc/{self.pid}/fd"
        return os.stat(folder).st_size or len(os.listdir(folder))  # the size says it from Linux 6.2 on

    def thread_cpu_nanoseconds(self, name):
        for task in Path(f"/proc/{self.pid}/task").iterdir():
            if (task / "comm").read_text().strip() == name:
                return int((task / "schedstat").read_text().split()[0])
        raise KeyError(name)
