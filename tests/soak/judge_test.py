#!/usr/bin/env python3
"""judge_test.py THREADECHO DIRECTORY: what the soak judges by sees each thing that can be left behind: in readings made
up for it, and of a real server on which a client stays."""

import dataclasses
import shutil
import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "observability"))

import reading  # noqa: E402  it finds its own modules there
import traffic  # noqa: E402
from programs import PATIENCE  # noqa: E402
from servers import Piped  # noqa: E402

GAUGES = {"threadecho_connections_active": 0.0, "threadecho_ready": 1.0, "process_resident_memory_bytes": 1e7}
START = reading.Reading(threads=3, descriptors=12, resident_kib=10_000, series=frozenset(GAUGES), gauges=GAUGES)
COUNTERS = {"threadecho_connections_accepted_total": 7.0, 'threadecho_connections_closed_total{reason="error"}': 0.0,
            'threadecho_connections_closed_total{reason="client_closed"}': 7.0, "threadecho_log_lines_dropped_total": 0.0}


def made_up():
    """(what it is, whether anything is to be said, what is said)"""
    def against(**changes):
        return reading.differences(START, dataclasses.replace(START, **changes), START.resident_kib)
    def miscounted(series, value):
        return reading.miscounts({**COUNTERS, series: value})
    yield "nothing", False, against()
    yield "memory within the bound", False, against(resident_kib=START.resident_kib + reading.MOST_GROWTH_KIB)
    yield "a moving gauge", False, against(gauges={**GAUGES, "process_resident_memory_bytes": 2e7})
    yield "true counters", False, reading.miscounts(COUNTERS)
    yield "a thread", True, against(threads=4)
    yield "a descriptor", True, against(descriptors=13)
    yield "a descriptor too few", True, against(descriptors=11)
    yield "memory", True, against(resident_kib=START.resident_kib + reading.MOST_GROWTH_KIB + 1)
    yield "a new series", True, against(series=START.series | {'new{peer="10.0.0.1"}'})
    yield "a series less", True, against(series=START.series - {"threadecho_ready"})
    yield "a gauge", True, against(gauges={**GAUGES, "threadecho_ready": 0.0})
    yield "a connection that was not closed", True, miscounted("threadecho_connections_accepted_total", 8.0)
    yield "an error", True, miscounted('threadecho_connections_closed_total{reason="error"}', 1.0)
    yield "a lost line", True, miscounted("threadecho_log_lines_dropped_total", 1.0)


class SlowToWrite(Piped):
    """Its reader has written nothing yet when the log is first looked at."""

    def __init__(self, *arguments):
        self._looked = threading.Event()
        super().__init__(*arguments)

    def _write_down(self, *arguments):
        self._looked.wait(PATIENCE)
        super()._write_down(*arguments)

    def output(self):
        try:
            return super().output()
        finally:
            self._looked.set()


def unwritten(binary, directory):
    try:
        SlowToWrite(binary, directory, "slow", {}).kill()
    except FileNotFoundError as error:
        yield "a log that has no line yet", False, [str(error)]


def real(binary, directory):
    server = Piped(binary, directory, "judged", {})
    try:
        start = reading.take(server)
        with traffic.connect(server) as client:
            assert traffic.echoed(client)
            said = reading.until_back(server, start, patience=0)[1]
            for what in ("threads", "descriptors", "threadecho_active_threads", "connections were accepted"):
                yield f"a client that stays: {what}", True, [words for words in said if what in words]
        yield "a client that went", False, reading.until_back(server, start)[1]
        server.look_at(b"half a line\n2026-11-22T13:34:56.264Z info  half")
        yield "torn lines", True, server.complaints()[1:2]
    finally:
        server.kill()


def main():
    binary, directory = (Path(argument).resolve() for argument in sys.argv[1:3])
    shutil.rmtree(directory, ignore_errors=True)
    wrong = 0
    for what, wanted, said in [*made_up(), *unwritten(binary, directory), *real(binary, directory)]:
        if bool(said) != wanted:
            wrong += 1
            print(f"{what}: {'NOT NOTICED' if wanted else said}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
