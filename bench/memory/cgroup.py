"""A new memory cgroup, in either version of cgroups. Needs root."""

import os
import time
from pathlib import Path

V2 = Path("/sys/fs/cgroup")
V1 = V2 / "memory"


class Cgroup:
    """Counts the memory of its processes, and of the kernel for them. Version 2 counts all of it in memory.current.
    Version 1 counts socket buffers separately, and only once they have a limit; the sum corresponds to
    memory.current."""

    def __init__(self, name):
        version_2 = "memory" in self._read(V2 / "cgroup.controllers").split()
        self._directory = (V2 if version_2 else V1) / name
        if version_2:
            (V2 / "cgroup.subtree_control").write_text("+memory", encoding="ascii")
        self._directory.mkdir()
        self.version = 2 if version_2 else 1
        if not version_2:
            (self._directory / "memory.kmem.tcp.limit_in_bytes").write_text(str(2**40), encoding="ascii")

    def enter(self):
        """To be called by the process itself, before it executes what is to be measured."""
        (self._directory / "cgroup.procs").write_text(str(os.getpid()), encoding="ascii")

    def parts(self):
        """Bytes: (all, of these kernel memory without socket buffers, of these socket buffers)."""
        if self.version == 2:
            stat = dict(line.split() for line in self._read(self._directory / "memory.stat").splitlines())
            return int(self._read(self._directory / "memory.current")), int(stat["kernel"]), int(stat["sock"])
        usage, kernel, sockets = (int(self._read(self._directory / f"memory.{name}usage_in_bytes"))
                                  for name in ("", "kmem.", "kmem.tcp."))
        return usage + sockets, kernel, sockets

    def close(self):
        for _ in range(100):  # the last process leaves it a moment after it was waited for
            try:
                self._directory.rmdir()
                return
            except OSError:
                time.sleep(0.05)
        raise TimeoutError(f"{self._directory} is still in use")

    @staticmethod
    def _read(path):
        return path.read_text(encoding="ascii") if path.exists() else ""
