#!/usr/bin/env python3
"""soak.py THREADECHO DIRECTORY DURATION: clients of every kind on a server of each model for this long, in rounds. After
each, when the last client has gone, threads, descriptors, series and gauges must be exactly what they were at the start,
and memory within a bound. Beside each server another one is drained and started again, over and over. All is scraped
every second and every log is rotated. Leaves samples.csv and soak.svg in DIRECTORY; status 1 if anything differs."""

import re
import shutil
import sys
import threading
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "observability"))

import clients  # noqa: E402  it finds its own modules there
import plot  # noqa: E402
import reading  # noqa: E402
from restarts import Restarts  # noqa: E402
from servers import CopiedAndTruncated, Piped  # noqa: E402

SERVERS = {"per-connection": CopiedAndTruncated, "blocking-pool": CopiedAndTruncated, "pool": Piped}
LONGEST_ROUND = 20  # seconds
UNITS = {"h": 3600, "m": 60, "s": 1}
FIGURES = ("threads", "descriptors", "resident_mib", "connections", "series")


def seconds_of(duration):
    parts = re.fullmatch(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?", duration)
    if not duration or not parts or not any(parts.groups()):
        sys.exit(f"soak: {duration!r} is not a duration such as 10m, 1h30m or 90s")
    return sum(int(number or 0) * unit for number, unit in zip(parts.groups(), UNITS.values()))


def figures_of(now):
    return {"threads": now.threads, "descriptors": now.descriptors, "resident_mib": now.resident_kib / 1024,
            "connections": now.gauges["threadecho_connections_active"], "series": len(now.series)}


class Soak:
    """One model: a server that lives as long as the soak does, and one that is started again and again."""

    def __init__(self, model, binary, directory, began, seconds):
        self.model, self.binary, self.began, self.seconds = model, binary, began, seconds
        self.samples, self.quiet, self.complaints = [], [], []
        settings = {**clients.SETTINGS, **clients.OF_MODEL.get(model, {}), "THREAD_MODEL": model}
        self.server = SERVERS[model](binary, directory, model, settings)
        self.restarts = Restarts(binary, directory / f"{model}-restarts", settings)
        self.start = self.last = reading.take(self.server)
        self.warm_kib = None
        self._over = threading.Event()

    def since(self):
        return time.monotonic() - self.began

    def run(self):
        with ThreadPoolExecutor(2) as pool:
            besides = [pool.submit(self._in_a_loop, 1, self._look), pool.submit(self._in_a_loop, 3, self.restarts.once)]
            try:
                while self.since() < self.seconds and not self.complaints:
                    self._round(min(LONGEST_ROUND, max(2, self.seconds - self.since())))
            except Exception:  # whatever a client complains of
                self.complaints.append(traceback.format_exc())
            self._over.set()
            for beside in besides:
                beside.result()
        self._finish()
        return self

    def _in_a_loop(self, pause, work):
        while not self._over.wait(pause):
            try:
                work()
            except Exception:
                self.complaints.append(traceback.format_exc())
                return

    def _look(self):
        self.samples.append((self.since(), figures_of(reading.take(self.server))))
        self.server.rotate()

    def _round(self, seconds):
        clients.round_of_traffic(self.binary, self.server, seconds)
        self.last, differences = reading.until_back(self.server, self.start, self.warm_kib)
        self.warm_kib = self.warm_kib or self.last.resident_kib
        self.quiet.append((self.since(), figures_of(self.last)))
        self.complaints += differences
        print(f"{self.since():5.0f} of {self.seconds} s  {self.model:14}  {self.summary()}"
              f"{'' if not differences else '  NOT as at the start'}", flush=True)

    def summary(self):
        now = self.last
        return (f"{now.threads} threads, {now.descriptors} descriptors, {now.resident_kib / 1024:.1f} MiB, "
                f"{len(now.series)} series after {now.counters['threadecho_connections_accepted_total']:,.0f} connections, "
                f"{now.counters['threadecho_echoed_bytes_total'] / 1e9:.2f} GB echoed; {self.restarts.count} restarts")

    def _finish(self):
        self.complaints += self.restarts.finish()
        status = self.server.stop()
        if status != 0:
            self.complaints.append(f"the server ended with {status}")
        self.server.finish()
        self.complaints += self.server.complaints()

    def kill(self):
        for process in (self.server.process, self.restarts.server.process, self.restarts.load):
            if process.poll() is None:
                process.kill()


def write_down(directory, soaks, seconds):
    with open(directory / "samples.csv", "w", encoding="ascii") as file:
        print("model,seconds", *FIGURES, sep=",", file=file)
        for soak in soaks:
            for when, figures in soak.samples:
                print(soak.model, f"{when:.1f}", *(f"{figures[name]:g}" for name in FIGURES), sep=",", file=file)
    columns = {soak.model: {name.replace("resident_mib", "resident MiB"):
                            ([(when, figures[name]) for when, figures in soak.samples],
                             [(when, figures[name]) for when, figures in soak.quiet]) for name in FIGURES}
               for soak in soaks}
    end = max([when for soak in soaks for when, _ in soak.samples + soak.quiet], default=seconds)
    title = "threadecho under clients of every kind, with scrapes, log rotation, and restarts beside it"
    (directory / "soak.svg").write_text(plot.draw(title, columns, end), encoding="utf-8")


def main():
    binary, directory, seconds = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve(), seconds_of(sys.argv[3])
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    began = time.monotonic()
    soaks = []
    try:
        soaks += [Soak(model, binary, directory, began, seconds) for model in SERVERS]
        with ThreadPoolExecutor(len(soaks)) as pool:
            list(pool.map(Soak.run, soaks))
    finally:
        for soak in soaks:
            soak.kill()
    write_down(directory, soaks, seconds)
    for soak in soaks:
        print(f"{soak.model}: {soak.summary()}; {len(soak.quiet)} rounds, {soak.server.files} rotations, memory "
              f"{soak.last.resident_kib - (soak.warm_kib or soak.last.resident_kib):+} KiB since the first round")
        for complaint in soak.complaints:
            print(f"{soak.model}: {complaint}")
    print(f"plot: {directory / 'soak.svg'}")
    return 1 if any(soak.complaints for soak in soaks) else 0


if __name__ == "__main__":
    sys.exit(main())
