"""Runs test programs of arm64 under qemu-user and compares what fails with a list. run.py DEVIATIONS LOGS COMMAND... SUITE,...

SUITE_tests in the folder of COMMAND is a program of GoogleTest. A test that says nothing for 10 minutes, or ends its
program, has failed: the tests after it run in another process."""
import fnmatch
import os
import pathlib
import re
import select
import signal
import subprocess
import sys
import threading
import time

JOBS = 4
BATCH = 30  # tests of one process: its start takes longer than most tests
SECONDS = 600
SECONDS_IF_LISTED = 60
RESULT = re.compile(r"\[( RUN      |       OK |  FAILED  |  SKIPPED )\] ([^\s,]+\.[^\s,]+)")


class Output:
    """Lines of a program as they come. It is killed when it is silent for too long."""

    def __init__(self, command, seconds):
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, start_new_session=True)
        self.seconds = seconds
        self.is_stuck = False

    def __iter__(self):
        text, last = b"", time.monotonic()
        while True:
            ready, _, _ = select.select([self.process.stdout], [], [], 1)
            if ready:
                read = os.read(self.process.stdout.fileno(), 65536)
                if not read:
                    break
                *lines, text = (text + read).split(b"\n")
                yield from (line.decode(errors="replace") for line in lines)
                last = time.monotonic()
            elif self.process.poll() is not None:
                break  # what it has started may still have its output
            elif time.monotonic() - last > self.seconds:
                self.is_stuck = True
                os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def tests_of(command):
    listed = subprocess.run([*command, "--gtest_list_tests"], capture_output=True, text=True, check=True, timeout=300)
    suite, names = "", []
    for line in listed.stdout.splitlines():
        name = line.split("#")[0].rstrip()
        if name.startswith("  "):
            names.append(suite + name.strip())
        elif name.endswith("."):
            suite = name
    return names


def run_batch(command, names, seconds, log):
    """What became of each test: passed, failed, skipped, or why its program ended."""
    results = {}
    while left := [name for name in names if name not in results]:
        output = Output([*command, f"--gtest_filter={':'.join(left)}"], seconds)
        running = None
        for line in output:
            log.write(line + "\n")
            if (found := RESULT.match(line)) and found[2] in left:
                running = found[2] if "RUN" in found[1] else None
                if running is None:
                    results[found[2]] = {"OK": "passed", "FAILED": "failed", "SKIPPED": "skipped"}[found[1].strip()]
        if running is None and all(name not in results for name in left):
            running = left[0]  # it did not even start
        if running is not None:
            why = f"silent for {seconds} s" if output.is_stuck else f"ended with {output.process.returncode}"
            log.write(f"{running}: {why}\n")
            results[running] = why
    return results


def run(command, is_listed, log_path):
    names = tests_of(command)
    batches = []
    for listed, seconds in ((True, SECONDS_IF_LISTED), (False, SECONDS)):
        some = [name for name in names if is_listed(name) == listed]
        batches += [(some[i:i + BATCH], seconds) for i in range(0, len(some), BATCH)]
    results = {}
    with open(log_path, "w", encoding="utf-8") as log:
        def work():
            while batches:
                try:
                    batch, seconds = batches.pop(0)
                except IndexError:
                    return
                results.update(run_batch(command, batch, seconds, log))
        threads = [threading.Thread(target=work) for _ in range(JOBS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return results


def read_deviations(path):
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    for line in lines:
        if not re.fullmatch(r"\S+ +# \S.*", line):
            sys.exit(f"{path}: not SUITE/Test # reason: {line}")
    return [line.split()[0] for line in lines]


def main():
    deviations = read_deviations(pathlib.Path(sys.argv[1]))

    def is_listed(name):
        return any(fnmatch.fnmatchcase(name, pattern) for pattern in deviations)

    logs, command, suites = pathlib.Path(sys.argv[2]), sys.argv[3:-1], sys.argv[-1].split(",")
    wrong = []
    results = {}
    for suite in suites:
        start = time.monotonic()
        of_suite = run([*command, f"./{suite}_tests"], lambda name, suite=suite: is_listed(f"{suite}/{name}"),
                       logs / f"{suite}.log")
        results.update({f"{suite}/{name}": result for name, result in of_suite.items()})
        counts = [sum(result == kind for result in of_suite.values()) for kind in ("passed", "skipped")]
        print(f"{suite}: {counts[0]} passed, {len(of_suite) - sum(counts)} failed, {counts[1]} skipped, "
              f"in {time.monotonic() - start:.0f} s", flush=True)
    for name, result in sorted(results.items()):
        if result not in ("passed", "skipped") and not is_listed(name):
            wrong.append(f"{name}: {result}, and is not in tests/arm64/deviations")
        elif result == "passed" and is_listed(name):
            print(f"  {name}: passed, though tests/arm64/deviations lists it")
    wrong += [f"{pattern}: in tests/arm64/deviations, but no test has this name" for pattern in deviations
              if not any(fnmatch.fnmatchcase(name, pattern) for name in results)]
    print("".join(f"  {line}\n" for line in wrong), end="")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
