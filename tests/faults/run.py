#!/usr/bin/env python3
"""The fault suite: the real program, in every thread model, under one fault after another. Every case ends with a look
at what is left of it: no thread, no descriptor, no connection, no processor time. With --suite paths, the cases of
../paths: what `threadecho watch` says of a path that breaks in one way after another."""

import argparse
import importlib
import os
import shutil
import signal
import subprocess
import sys
import traceback
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from xml.sax.saxutils import quoteattr

HERE = Path(__file__).resolve().parent
sys.path += [str(HERE.parent / "observability"), str(HERE.parent / "e2e" / "docker"), str(HERE.parent / "paths")]

from cases import CASES, Ground, Skipped  # noqa: E402

SUITES = {"faults": ("vanished_peers", "accept_errors", "limits", "interruptions", "broken_calls", "slow_clients",
                     "standard_output", "drains", "connecting", "waiting_clients"),
          "paths": ("breaking_paths", "exhausted_hosts", "moving_names", "rolling_update", "long_watch")}
PASSED, FAILED, SKIPPED = "passed", "failed", "skipped"
SKIPPED_STATUS = 77


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--suite", choices=SUITES, default="faults")
    parser.add_argument("--binary", default="build/release/threadecho")
    parser.add_argument("--directory", default="build/faults", help="where logs are kept; emptied first")
    parser.add_argument("--model", help="only this thread model")
    parser.add_argument("--jobs", type=int, default=3, help="so many cases at once")
    parser.add_argument("--list", action="store_true", help="name the cases")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("names", nargs="*", help="cases whose name contains one of these; all without")
    return parser.parse_args()


def chosen(options):
    found = [(case, model) for case in CASES for model in case.models
             if model == (options.model or model) and (not options.names or any(n in case.name for n in options.names))]
    return sorted(found, key=lambda one: not one[0].lasts)


def try_here(case, model, options):
    try:
        figure, seconds = Ground(options.binary, Path(options.directory) / model / case.name, model).try_out(case)
        return PASSED, f"{seconds:.1f} s", figure
    except Skipped as reason:
        return SKIPPED, "", str(reason)
    except Exception as fault:  # noqa: BLE001  # whatever it is, it is this case's, and the others go on
        where = traceback.extract_tb(fault.__traceback__)[-1]
        return FAILED, "", f"{type(fault).__name__}: {fault} ({Path(where.filename).name}:{where.lineno})"


def try_in_namespace(case, model, options):
    """The same by a process in a network namespace of its own; it prints the result's three parts a line."""
    for command in ("unshare", "nsenter", "ip"):
        if not shutil.which(command):
            return SKIPPED, "", f"{command} is not installed"
    alone = ["unshare", *([] if os.geteuid() == 0 else ["--map-root-user"]), "--net", "--mount"]
    if subprocess.run([*alone, "ip", "link", "set", "lo", "up"], capture_output=True, check=False).returncode != 0:
        return SKIPPED, "", "no network namespace is allowed here"
    command = [*alone, sys.executable, "-B", __file__, "--inside", "--suite", options.suite, "--binary", options.binary,
               "--directory", options.directory, "--model", model, case.name]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    parts = done.stdout.splitlines()
    return tuple(parts) if len(parts) == 3 else (FAILED, "", f"status {done.returncode}: {done.stderr}")


def inside(options):
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    case = next(case for case in CASES if case.name == options.names[0])
    for part in try_here(case, options.model, options):
        print(" ".join(part.split()))


def keep(results, suite, path):
    """As ctest would, for the report of the checks: a skip is named there."""
    lines = [f'<testsuite name="{suite}" tests="{len(results)}">']
    for name, (state, _, text) in results:
        status = {PASSED: "run", FAILED: "fail", SKIPPED: "notrun"}[state]
        lines.append(f'\t<testcase name={quoteattr(name)} status="{status}">')
        if state == SKIPPED:
            plain = quoteattr(" ".join(text.split()))[1:-1]
            lines += ['\t\t<skipped message="SKIP_FAULT"/>', f"\t\t<system-out>: Skipped\n{plain}\n</system-out>"]
        lines.append("\t</testcase>")
    path.write_text("\n".join([*lines, "</testsuite>", ""]), encoding="utf-8")


def try_all(selected, options):
    results = []
    with ThreadPoolExecutor(options.jobs) as lanes:
        tries = {lanes.submit(try_in_namespace if case.namespace else try_here, case, model, options):
                 f"{model}/{case.name}" for case, model in selected}
        try:
            for done in as_completed(tries):
                results.append((tries[done], done.result()))
                state, seconds, text = done.result()
                print(f"{state:8}{seconds:>7}  {tries[done]}: {text}", flush=True)
        finally:
            lanes.shutdown(cancel_futures=True)  # asked to stop: those that have begun clean up behind themselves
    return results


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    options = arguments()
    for subject in SUITES[options.suite]:
        importlib.import_module(subject)
    if options.inside:
        return inside(options)
    selected = chosen(options)
    if options.list:
        for case, model in selected:
            print(f"{model}/{case.name}")
        return 0
    directory = Path(options.directory)
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    results = try_all(selected, options)
    keep(results, options.suite, directory / "junit.xml")
    count = {state: sum(result[0] == state for _, result in results) for state in (PASSED, FAILED, SKIPPED)}
    print(", ".join(f"{number} {state}" for state, number in count.items()))
    if not results or count[FAILED]:
        return 1
    return 0 if count[PASSED] else SKIPPED_STATUS


if __name__ == "__main__":
    sys.exit(main())
