#!/usr/bin/env python3
"""Plants the faults of mutants.yml into a copy of the sources, one at a time, and tells which tests notice each.

Usage: mutate.py [--list] [PATTERN...]   mutants whose name or file contains one of the patterns; default: all

Works in build/mutation and never touches the checkout. Prints one line for each mutant, then the survivors, and writes
build/mutation/results.tsv. Exit status: 0 if every mutant was killed or is explained in mutants.yml, 1 otherwise.
"""
import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
WORK = ROOT / "build" / "mutation"
TREE = WORK / "tree"
BUILD = WORK / "build"
LOG = WORK / "last.log"
# Little optimisation, because compiling takes most of the time; without any, an idle thread needs more stack than allowed.
CONFIGURE = ["cmake", "-G", "Ninja", "-S", TREE, "-B", BUILD, "--log-level=WARNING", "-DCMAKE_BUILD_TYPE=Debug",
             "-DCMAKE_CXX_FLAGS_DEBUG=-O1", "-DTHREADECHO_HARDENED=OFF", "-DTHREADECHO_REVISION=mutant"]
BUILD_TESTS = ["cmake", "--build", BUILD, "--target", "threadecho", "unit_tests", "integration_tests", "e2e_tests"]
RUN_TESTS = ["ctest", "--test-dir", BUILD, "-j", str(os.cpu_count()), "--timeout", "60", "--output-on-failure",
             "--no-tests=error", "-E", "^fuzz/"]  # whose replayed corpora are programs of their own
LONGEST_RUN = 900  # seconds: a mutant that makes every test hang


def copy_sources():
    """Copies the tracked files, those with changes too; keeps the times of files that are the same, for the build."""
    names = subprocess.run(["git", "-C", ROOT, "ls-files", "-z"], check=True, capture_output=True).stdout.split(b"\0")
    wanted = {os.fsdecode(name) for name in names if name and (ROOT / os.fsdecode(name)).is_file()}
    for path in [path for path in TREE.rglob("*") if path.is_file()] if TREE.exists() else []:
        if str(path.relative_to(TREE)) not in wanted:
            path.unlink()
    for name in wanted:
        source, target = ROOT / name, TREE / name
        if not target.exists() or source.read_bytes() != target.read_bytes():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)


def run(command):
    """Runs the command with its output in LOG; returns whether it succeeded, in time."""
    with LOG.open("ab") as log:
        try:
            return subprocess.run(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                                  timeout=LONGEST_RUN, check=False).returncode == 0
        except subprocess.TimeoutExpired:
            return False


def failed_tests():
    return re.findall(r"^\s+\d+ - (\S+) \((?!Skipped)", LOG.read_text("utf-8", "replace"), re.MULTILINE)


def check_hints(mutants):
    """Exits if "first" selects no test: ctest would fail, and the mutant would seem killed."""
    listing = subprocess.run(["ctest", "--test-dir", BUILD, "-N"], check=True, capture_output=True, text=True).stdout
    tests = re.findall(r"Test +#\d+: (\S+)", listing)
    for mutant in mutants:
        if not any(re.search(mutant.get("first", "."), test) for test in tests):
            sys.exit(f"{mutant['name']}: no test matches {mutant['first']}")


def plant(mutant):
    """Returns the file and its text before."""
    path = TREE / mutant["file"]
    before = path.read_text("utf-8")
    if before.count(mutant["old"]) != 1:
        sys.exit(f"{mutant['name']}: {mutant['file']} has {before.count(mutant['old'])} places like this, expected 1:\n"
                 f"{mutant['old']}")
    path.write_text(before.replace(mutant["old"], mutant["new"]), "utf-8")
    return path, before


def try_mutant(mutant):
    """Returns what happened: "killed by TEST", "does not compile", or "SURVIVED"."""
    LOG.write_bytes(b"")
    path, before = plant(mutant)
    try:
        if not run(BUILD_TESTS):
            return "does not compile"
        # The tests that should notice come first. All others have a say before a mutant counts as a survivor.
        if run([*RUN_TESTS, "-R", mutant.get("first", ".")]) and run([*RUN_TESTS, "--stop-on-failure"]):
            return "SURVIVED"
        return "killed by " + ", ".join(failed_tests() or ["a run that did not end"])
    finally:
        path.write_text(before, "utf-8")


def selected(mutants, patterns):
    return [mutant for mutant in mutants
            if not patterns or any(pattern in mutant["name"] or pattern in mutant["file"] for pattern in patterns)]


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("Usage: ")[1].split("  ")[0])
    parser.add_argument("--list", action="store_true", help="list the mutants and exit")
    parser.add_argument("patterns", nargs="*", metavar="PATTERN", help="part of a mutant's name or file")
    arguments = parser.parse_args()
    mutants = selected(yaml.safe_load((pathlib.Path(__file__).parent / "mutants.yml").read_text("utf-8")),
                       arguments.patterns)
    if not mutants:
        sys.exit(f"no mutant matches {' '.join(arguments.patterns)}; --list names them")
    if arguments.list:
        for mutant in mutants:
            print(f"{mutant['name']:40} {mutant['file']}")
        return 0
    WORK.mkdir(parents=True, exist_ok=True)
    LOG.write_bytes(b"")
    copy_sources()
    print("without a fault: ", end="", flush=True)
    if not (run(CONFIGURE) and run(BUILD_TESTS) and run(RUN_TESTS)):
        sys.exit(f"the tests fail already, see {LOG.relative_to(ROOT)}")
    print("all tests pass", flush=True)
    check_hints(mutants)

    survivors = []
    with (WORK / "results.tsv").open("w", encoding="utf-8") as results:
        for number, mutant in enumerate(mutants, 1):
            began = time.monotonic()
            result = try_mutant(mutant)
            if not result.startswith("killed"):
                survivors.append((mutant, result))
            print(f"[{number}/{len(mutants)}] {mutant['name']}: {result} ({time.monotonic() - began:.0f} s)", flush=True)
            print(mutant["name"], mutant["file"], result, sep="\t", file=results, flush=True)
    print(f"{len(mutants) - len(survivors)} of {len(mutants)} killed")
    for mutant, result in survivors:
        print(f"{mutant['name']}: {result}: {mutant.get('survives', 'not explained')}")
    return 1 if any("survives" not in mutant for mutant, _ in survivors) else 0


if __name__ == "__main__":
    sys.exit(main())
