#!/usr/bin/env python3
"""watch_cost.py THREADECHO [OTHER]: processor time and resident memory of `threadecho watch` with 1,000 paths over
loopback and its defaults. With OTHER, the two programs take turns: compare them. Run it on an otherwise idle machine.
docs/watch.md shows the results."""

import contextlib
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PORT, PATHS, WARMUP, SECONDS, ROUNDS = 19970, 1000, 5, 20, 3


def processor_seconds(pid):
    return time.clock_gettime((~pid << 3) | 2)


def measure(binary):
    """(percent of a core, MB resident) of the watcher."""
    with contextlib.ExitStack() as stack:
        targets = stack.enter_context(tempfile.NamedTemporaryFile("w"))
        targets.writelines(f"127.1.{i // 250}.{i % 250 + 1}:{PORT}\n" for i in range(PATHS))
        targets.flush()
        for arguments in (["serve", "--thread-model", "pool", "--port", str(PORT), "--http-port", "0"],
                          ["watch", "--targets-file", targets.name, "--http-port", "0", "--version-port", "0"]):
            process = subprocess.Popen([binary, *arguments, "--log-level", "error"])
            stack.callback(process.wait)
            stack.callback(process.terminate)
            time.sleep(1)
        time.sleep(WARMUP)  # until all paths are up
        before, begun = processor_seconds(process.pid), time.monotonic()
        time.sleep(SECONDS)
        share = 100 * (processor_seconds(process.pid) - before) / (time.monotonic() - begun)
        status = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
        return share, int(status.partition("VmRSS:")[2].split()[0]) * 1024 / 1e6


def main():
    results = {}
    for _ in range(ROUNDS):
        for binary in sys.argv[1:]:
            results.setdefault(binary, []).append(measure(binary))
    for binary, pairs in results.items():
        shares, resident = zip(*pairs)
        print(f"{binary}: {statistics.median(shares):.2f} % of a core ({min(shares):.2f} to {max(shares):.2f}), "
              f"{max(resident):.1f} MB resident")


if __name__ == "__main__":
    main()
