"""Faults of system calls: strace, attached to a running server or some of its threads, and taken off again."""

import contextlib
import re
import shutil
import signal
import subprocess

from cases import Skipped
from programs import PATIENCE, Program, eventually


class Injection(Program):
    """`what` is strace's: accept4:error=EMFILE, or sendto alone, to look on. From the return of the constructor on it
    holds for all that the server calls, or the `threads` given."""

    def __init__(self, ground, server, what, threads=None):
        if not shutil.which("strace"):
            raise Skipped("strace is not installed")
        call, _, fault = what.partition(":")
        number = len(list(ground.directory.glob("strace-*.calls")))
        self.calls = ground.directory / f"strace-{number}.calls"
        expressions = ["-e", f"trace={call}", *(["-e", f"inject={what}"] if fault else []), "-e", "signal=none"]
        targets = [f"--attach={thread}" for thread in threads] if threads else ["-f", f"--attach={server.pid}"]
        super().__init__(["strace", "-o", self.calls, "-s", "0", *expressions, *targets],
                         ground.directory / f"strace-{number}.log")
        ground.stack.callback(self.kill)
        expected = len(threads) if threads else 1
        eventually("strace is attached", lambda: self.is_attached(expected))

    def is_attached(self, expected):
        has_ended = self.process.poll() is not None  # also when the thread has, at the first call
        if self.output().count(" attached") >= expected:
            return True
        if has_ended:
            raise Skipped(f"strace cannot trace here: {self.output().strip()}")
        return False

    def relieve(self):
        """Returns when strace is told to leave, a moment before the last call has been answered."""
        self.process.send_signal(signal.SIGINT)

    def lines(self):
        """The calls, once strace has left."""
        with contextlib.suppress(ProcessLookupError):
            self.relieve()
        self.process.wait(PATIENCE)
        return self.calls.read_text(encoding="utf-8").splitlines()

    def injected(self):
        return sum("(INJECTED)" in line for line in self.lines())

    def partial(self):
        """Sends of which the kernel took a part."""
        sizes = [re.search(r" (\d+), [A-Z_|0-9]+, NULL, 0\) = (\d+)$", line) for line in self.lines()]
        return sum(int(size[1]) > int(size[2]) for size in sizes if size)

    def interrupted(self):
        return sum("EINTR" in line or "ERESTART" in line for line in self.lines())


@contextlib.contextmanager
def injected(ground, server, what, threads=None):
    injection = Injection(ground, server, what, threads)
    try:
        yield injection
    finally:
        if injection.process.poll() is None:
            injection.relieve()
            try:
                injection.process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                injection.kill()
