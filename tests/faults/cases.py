"""What a case is, and the ground that it stands on."""

import contextlib
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

import judges
from programs import PATIENCE, eventually
from server import Server, Watch

PER_CONNECTION, BLOCKING_POOL, POOL = "per-connection", "blocking-pool", "pool"
MODELS = (PER_CONNECTION, BLOCKING_POOL, POOL)
BLOCKING_THREADS = 64  # of the blocking pool, unless a case says otherwise
QUIET_SECONDS = 0.2
GIVEN_BACK_SECONDS = PATIENCE
CASES = []


class Skipped(Exception):
    """The case cannot be tried here, and the reason why."""


@dataclass(frozen=True)
class Case:
    """`run` takes the Ground and returns its figure; its name says what is done and what must happen."""
    run: Callable
    name: str
    models: tuple
    namespace: bool  # in namespaces of its own, of network and mounts, as root of them
    lasts: bool      # longer than all others: begins first


def case(name="", models=MODELS, namespace=False, lasts=False):
    def add(run):
        CASES.append(Case(run, name or run.__name__, models, namespace, lasts))
        return run
    return add


class Ground:
    """Where a case is tried: a directory, a thread model, and servers, which all must be as they were in the end."""

    def __init__(self, binary, directory, model):
        self.binary, self.directory, self.model = Path(binary).resolve(), Path(directory).resolve(), model
        self.stack = contextlib.ExitStack()
        self._servers = []
        self.directory.mkdir(parents=True)

    def serve(self, kind=Server, options=None, clients=BLOCKING_THREADS, **settings):
        """Lets this many clients be served at once: in the blocking pool each takes a thread."""
        if self.model == BLOCKING_POOL:
            settings = {"POOL_THREADS": str(clients), **settings}
        server = kind(self.binary, self.directory, "server", {"THREAD_MODEL": self.model, **settings},
                      **(options or {}))
        return self.own(server)

    def again(self, server):
        return self.own(server.again())

    def own(self, server):
        self.stack.callback(server.kill)
        self._servers.append((server, server.held()))
        return server

    def check_what_is_left(self):
        """Of servers that still run: no thread, no descriptor, no connection, and they rest."""
        for server, before in self._servers:
            if server.process.poll() is not None:
                continue
            def complaints(server=server, before=before):
                return judges.left_over(before, server.held())
            with contextlib.suppress(TimeoutError):
                eventually("the gauges are at 0", lambda: not any(server.gauges().values()), GIVEN_BACK_SECONDS)
            gauges = server.gauges()
            with contextlib.suppress(TimeoutError):
                eventually("all is given back", lambda: not complaints(), GIVEN_BACK_SECONDS)
            judges.must(complaints(), judges.left_over(dict.fromkeys(gauges, 0), gauges))
            judges.must(judges.busy(*Watch(server).after(QUIET_SECONDS)))

    def try_out(self, case_):
        """The case's figure and how long it took."""
        began = time.monotonic()
        with self.stack:
            figure = case_.run(self)
            self.check_what_is_left()
        return figure or "", time.monotonic() - began
