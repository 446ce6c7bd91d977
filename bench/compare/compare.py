#!/usr/bin/env python3
"""Runs threadecho and its peers side by side and compares their speed: a Markdown page, a chart, and all samples as
JSON. See ./dev bench --help."""

import argparse
import datetime
import json
import os
import random
import resource
import shlex
import subprocess
import sys
import time
from pathlib import Path

import chart
import machine
import measure
import report
from servers import all_servers
from workloads import HELD, HOLD, HOLD_ROUNDS, WORKLOADS, of_round

HELP = Path(__file__).with_name("help.txt")  # a file, so that ./dev can print it before anything is installed
SPARE_DESCRIPTORS = 200
RESULT, CHART = "result.json", "result.png"


def parse(arguments, servers):
    parser = argparse.ArgumentParser(prog="./dev bench")
    parser.format_help = HELP.read_text
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--servers", nargs="+", choices=[server.key for server in servers], metavar="SERVER")
    parser.add_argument("--workloads", nargs="+", choices=[workload.key for workload in WORKLOADS], metavar="WORKLOAD")
    parser.add_argument("--output", type=Path, default=Path("build/bench"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--render", type=Path, metavar="FOLDER")
    options = parser.parse_args(arguments)
    if options.rounds < 1 or options.seconds < 0.05:
        parser.error(f"--rounds {options.rounds} --seconds {options.seconds}: at least 1 and 0.05")
    return options


def raise_descriptor_limit():
    """Whether the HELD connections of one workload fit: both ends of them are on this machine."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard == resource.RLIM_INFINITY or hard >= HELD + SPARE_DESCRIPTORS


def choose(servers, options, left_out):
    """The servers that can run here, built."""
    chosen = []
    for server in servers:
        if options.servers and server.key not in options.servers:
            continue
        if missing := server.missing():
            left_out.append(f"{server.label}: {', '.join(missing)} not installed")
            continue
        if server.make:
            subprocess.run(server.make, check=True)
        chosen.append(server)
    return chosen


def run_rounds(binary, servers, workloads, options, failed):
    """All samples, as lists by (workload, server)."""
    order, samples = random.Random(options.seed), {}
    total = len(servers) * sum(len(of_round(number, workloads)) for number in range(options.rounds))
    done, begun = 0, time.monotonic()
    log = options.output / "server.log"
    for number in range(options.rounds):
        in_turn = of_round(number, workloads)
        for workload in order.sample(in_turn, len(in_turn)):
            for server in order.sample(servers, len(servers)):
                left = (time.monotonic() - begun) / done * (total - done) if done else 0
                print(f"round {number + 1} of {options.rounds}, {done} of {total} done, {left / 60:.0f} min to go: "
                      f"{workload.key} {server.key}", file=sys.stderr, flush=True)
                done += 1
                try:
                    sample = measure.sample(binary, server, workload, options.seconds, log)
                    samples.setdefault((workload.key, server.key), []).append(sample)
                except measure.Failed as error:
                    failed.append(f"{server.label}, {workload.label}, round {number + 1}: {error}")
                    print(failed[-1], file=sys.stderr)
    log.unlink()
    return samples


def write(output, run, samples):
    named = [{"workload": workload, "server": server, "samples": values}
             for (workload, server), values in sorted(samples.items())]
    (output / RESULT).write_text(json.dumps(run | {"results": named}, indent=1) + "\n", encoding="utf-8")


def kept(folder):
    """Reads what `write` has stored: the run and its samples."""
    run = json.loads((folder / RESULT).read_text(encoding="utf-8"))
    return run, {(result["workload"], result["server"]): result["samples"] for result in run["results"]}


def render(folder, servers):
    """Writes the page and the chart from the stored samples alone."""
    run, samples = kept(folder)
    (folder / "README.md").write_text(report.page(run, servers, samples, CHART), encoding="utf-8")
    caption = (f"Medians of {run['rounds']} rounds of {run['seconds']:g} s, lines from lower to upper quartile. "
               f"{run['machine']['cores']} cores, {run['machine']['kernel']}, {run['machine']['congestion_control']}")
    chart.draw(folder / CHART, servers, samples, caption)


def main():
    root = Path(__file__).resolve().parents[2]
    build = root / "build" / "release"
    servers, left_out, failed = all_servers(build, root / "bench"), [], []
    options = parse(sys.argv[1:], servers)
    if options.render:
        render(options.render, servers)
        return
    options.output.mkdir(parents=True, exist_ok=True)
    workloads = [workload for workload in WORKLOADS if not options.workloads or workload.key in options.workloads]
    if not raise_descriptor_limit() and HOLD in workloads:
        workloads.remove(HOLD)
        left_out.append(f"{HOLD.label}: the limit of descriptors is below {HELD + SPARE_DESCRIPTORS}")
    chosen = choose(servers, options, left_out)
    revision = machine.first_line("git", "-C", str(root), "describe", "--always", "--dirty", "--abbrev=12")
    run = {"command": shlex.join(["./dev", "bench", *sys.argv[1:]]), "revision": revision, "rounds": options.rounds,
           "seconds": options.seconds, "machine": machine.facts(), "left_out": left_out, "failed": failed}
    samples = run_rounds(build / "threadecho", chosen, workloads, options, failed)
    run["machine"]["conntrack_after"] = machine.conntrack()
    run["finished"] = datetime.date.today().isoformat()
    if not samples:
        sys.exit("nothing could be measured")
    write(options.output, run, samples)
    render(options.output, servers)
    print(f"{os.path.relpath(options.output)}/README.md, {CHART}, {RESULT}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
