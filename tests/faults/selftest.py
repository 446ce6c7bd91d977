#!/usr/bin/env python3
"""selftest.py: the judges of the fault suite are shown figures that are right, which they must let pass, and some that
are not; and a whole case is tried on servers of which one is right and each other has a fault that it must notice."""

import stat
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path += [str(HERE.parent / "observability"), str(HERE.parent / "e2e" / "docker")]

import cases  # noqa: E402
import judges  # noqa: E402
import interruptions  # noqa: E402, F401  # adds the case

CASE = "a_server_that_is_stopped_and_continued_goes_on_where_it_was"
RIGHT = [
    judges.busy(0.049, 1), judges.late("served", 1.0), judges.early("gone", 1.0, 1.0),
    judges.moved({"a": 1, "b": 2}, {"a": 4, "b": 2}, {"a": 3}),
    judges.moved({"a": 1}, {"a": 4}, {"a": range(3, 5)}), judges.same_bytes(b"abc", b"abc"),
    judges.beginning(b"abc", b"ab"), judges.left_over({"threads": 3}, {"threads": 3}),
    judges.ended_for({"error": 1}, {"error": 1}),
]
WRONG = {
    "6% of a processor": judges.busy(0.06, 1),
    "served after 1.10 s": judges.late("served", 1.1),
    "gone after 0.99 s, sooner than 1": judges.early("gone", 0.99, 1),
    "a moved by 2, not by 3": judges.moved({"a": 1}, {"a": 3}, {"a": 3}),
    "a moved by 5, not by range(3, 5)": judges.moved({"a": 0}, {"a": 5}, {"a": range(3, 5)}),
    "b moved by 1, not by 0": judges.moved({"b": 1}, {"b": 2}, {}),
    "c moved by 0, not by 1": judges.moved({}, {}, {"c": 1}),
    "1 of 3 bytes are lost": judges.same_bytes(b"abc", b"ab"),
    "1 bytes more": judges.same_bytes(b"abc", b"abcd"),
    "byte 1 is 0x78": judges.beginning(b"abc", b"ax"),
    "byte 2 is 0x62": judges.same_bytes(b"aaab", b"aab"),
    "4 threads, 3 before": judges.left_over({"threads": 3}, {"threads": 4}),
    "not for {'drained': 1}": judges.ended_for({"error": 1}, {"drained": 1}),
}
FAULTS = {
    "loses a byte": "byte 100 is", "changes a byte": "byte 100 is", "repeats a byte": "bytes more than were sent",
    "counts nothing": "threadecho_connections_accepted_total moved by",
    "gives another reason": 'reason="error"} moved by 3, not by 0', "keeps a descriptor": "descriptors,",
    "keeps a thread": "threads,", "keeps a gauge": "active_threads, 0 before", "spins": "of a processor",
}


def tried_on(fault, directory):
    """What the case says of a server with that fault, or nothing."""
    program = directory / "program"
    program.write_text(f"#!/bin/sh\nexec '{sys.executable}' -B '{HERE / 'fake_server.py'}' '{fault}'\n",
                       encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    case = next(case for case in cases.CASES if case.name == CASE)
    try:
        cases.Ground(program, directory / "ground", cases.PER_CONNECTION).try_out(case)
    except AssertionError as complaint:
        return str(complaint)
    return ""


def main():
    for complaints in RIGHT:
        judges.must(complaints)
    for text, complaints in WRONG.items():
        assert any(text in complaint for complaint in complaints), f"not noticed: {text}: {complaints}"
    cases.GIVEN_BACK_SECONDS = cases.QUIET_SECONDS = 1  # what is not given back will not be
    for fault, text in {"none": "", **FAULTS}.items():
        with tempfile.TemporaryDirectory() as directory:
            said = tried_on(fault, Path(directory))
        assert text in said if text else not said, f"a server that {fault}: {said}"
    print(f"{len(WRONG) + len(FAULTS)} faults were noticed")


if __name__ == "__main__":
    main()
