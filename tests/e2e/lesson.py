#!/usr/bin/env python3
"""lesson.py ROOT THREADECHO [PAGE...]: runs the commands of each page (docs/lesson.md) in the order of the page, in one
bash, and compares what they print with what the page shows. Numbers, and the lengths of bars of "#", may differ; words,
lines and their order may not. A line "..." on the page stands for any lines, and "..." within a line for any text. Nothing
may still run when a page ends. The lesson starts its servers itself; the commands of other pages find one that runs."""

import os
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

LESSON = "docs/lesson.md"
SECONDS = float(os.environ.get("LESSON_SECONDS", "60"))  # limit for each page, which needs far less
OTHER_SETTINGS = "THREAD_STACK_SIZE=1MiB\nMAX_CONNECTIONS=2\n"  # of a file for the compose stack, which may lie there
DEFAULT_PORTS = {"PORT": "9000", "HTTP_PORT": "8080", "WATCH_HTTP_PORT": "8081"}
MARK = "=== command"
# A server as the README starts it in another terminal, and its end.
SERVER = """PATH=$PWD/build/release:$PATH
FAULTS=on threadecho >server.log 2>&1 &
server=$!
threadecho probe "localhost:$PORT" --count 1 --wait 10s --quiet >/dev/null || cat server.log
"""
STOP = "kill \"$server\"\nwait \"$server\"\n"
REVISION = re.compile(r"\b(?:[0-9a-f]{12}(?:-dirty)?|unknown)\b")
NUMBER = re.compile(r"(?:\d+[hms])+\b|\d[\d,.]*(?: ?(?:[mun]?s|[KMG]iB|[kMG]?B)\b)?")


@dataclass
class Step:
    """A command with the line it stands in, and what the page shows for it; None where it shows nothing."""
    line: int
    command: str
    shown: list = field(default_factory=list)


def steps_of(text):
    """A block `bash` is a command as a whole. In a block `console` a line that begins with "$ " is one, with the lines
    that begin with "> "."""
    found, language = [], None
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("```"):
            language = None if language is not None else line[3:].strip()
            if language == "bash":
                found.append(Step(number, ""))
        elif language == "bash":
            found[-1].command += line + "\n"
        elif language == "console" and line.startswith("$ "):
            found.append(Step(number, line[2:]))
        elif language == "console" and line.startswith("> ") and not found[-1].shown:
            found[-1].command += "\n" + line[2:]
        elif language == "console":
            found[-1].shown.append(line)
    return found


def free_ports():
    """Below the ports that the kernel gives to those that ask for any: a server that starts again finds them free."""
    ports = []
    while len(ports) < len(DEFAULT_PORTS):
        port = random.randrange(20000, 30000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        if port not in ports:
            ports.append(port)
    return dict(zip(DEFAULT_PORTS, map(str, ports)))


def script_of(steps, ports, needs_server):
    lines = [SERVER] if needs_server else []
    for number, step in enumerate(steps):
        command = step.command
        for name, usual in DEFAULT_PORTS.items():
            command = re.sub(rf"\b{usual}\b", ports[name], command)
        lines += [f"printf '\\n%s %s\\n' '{MARK}' {number}", command]
    lines += [f"printf '\\n%s %s\\n' '{MARK}' {len(steps)}", STOP if needs_server else ":"]
    return "\n".join(lines) + "\n"


def left_running(session):
    """The commands of the session that have not ended."""
    for directory in Path("/proc").glob("[0-9]*"):
        try:
            state, _, _, owner = (directory / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()[:4]
            command = (directory / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
        except OSError:
            continue  # it has just ended
        if int(owner) == session and state != "Z":
            yield command


def run(script, directory, ports):
    """What the commands print, and complaints about the run as a whole."""
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C", **ports}
    output = directory / "output"
    found = []
    with output.open("wb") as stream, subprocess.Popen(
            ["bash", "--noprofile", "--norc", "-c", script], stdin=subprocess.DEVNULL, stdout=stream, stderr=stream,
            cwd=directory, env=environment, start_new_session=True) as shell:
        try:
            shell.wait(SECONDS)
        except subprocess.TimeoutExpired:
            found.append(f"the page did not end within {SECONDS:g} s")
        else:
            found += [f"still runs when the page ends: {command}" for command in left_running(shell.pid)]
        try:
            os.killpg(shell.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass  # as it should be
    return output.read_text(encoding="utf-8", errors="replace"), found


def shape(line):
    return re.sub(r"\s+", " ", NUMBER.sub("N", REVISION.sub("N", re.sub("#+", "#", line)))).strip()


def pattern(shown):
    """A regular expression for the shapes of what a command prints, one a line."""
    parts = []
    for line in shown:
        if line.strip() == "...":
            parts.append(r"(?:.*\n)*?")
        else:
            parts.append(r".*".join(re.escape(shape(part)) for part in line.split("...")) + r"\n")
    return "".join(parts)


def complaints(page, steps, output):
    pieces = re.split(rf"^{MARK} (\d+)\n", output, flags=re.MULTILINE)
    printed = {int(number): text for number, text in zip(pieces[1::2], pieces[2::2])}
    for number, step in enumerate(steps):
        if number not in printed:
            yield f"{page}:{step.line}: was not reached: {step.command}"
            return
        lines = [line for line in printed[number].splitlines() if line.strip()]
        shown = [line for line in step.shown if line.strip()]
        if not re.fullmatch(pattern(shown), "".join(shape(line) + "\n" for line in lines)):
            yield "\n".join([f"{page}:{step.line}: prints something else: {step.command}", "  the page shows",
                             *(f"    {line}" for line in shown), "  it printed", *(f"    {line}" for line in lines)])


def check(root, program, page):
    """Prints what is wrong with a page; tells whether nothing is."""
    steps = steps_of((root / page).read_text(encoding="utf-8"))
    if not steps:
        print(f"{page}: has no commands")
        return False
    with tempfile.TemporaryDirectory(prefix="threadecho-lesson-") as name:
        directory = Path(name)
        (directory / "build/release").mkdir(parents=True)
        (directory / "build/release/threadecho").symlink_to(program)
        (directory / "bench").symlink_to(root / "bench")
        if page == LESSON:
            (directory / ".env").write_text(OTHER_SETTINGS, encoding="utf-8")
        ports = free_ports()
        output, found = run(script_of(steps, ports, page != LESSON), directory, ports)
    found += complaints(page, steps, output)
    for complaint in found:
        print(complaint)
    print(f"{len(steps)} commands, {len(found)} complaints")
    return not found


def main():
    root, program = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    return 0 if all([check(root, program, page) for page in sys.argv[3:] or [LESSON]]) else 1


if __name__ == "__main__":
    sys.exit(main())
