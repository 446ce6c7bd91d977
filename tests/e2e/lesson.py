#!/usr/bin/env python3
"""lesson.py ROOT THREADECHO: runs the commands of docs/lesson.md in the order of the page, in one bash, and compares what
they print with what the page shows. Numbers may differ; words, lines and their order may not. A line "..." on the page
stands for any lines, and "..." within a line for any text. Nothing may still run when the page ends."""

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

PAGE = "docs/lesson.md"
SECONDS = float(os.environ.get("LESSON_SECONDS", "60"))  # the page needs far less
OTHER_SETTINGS = "THREAD_STACK_SIZE=1MiB\nMAX_CONNECTIONS=2\n"  # of a file for the compose stack, which may lie there
DEFAULT_PORTS = {"PORT": "9000", "HTTP_PORT": "8080"}
MARK = "=== command"
NUMBER = re.compile(r"\d[\d,.]*(?: ?(?:[mun]?s|[KMG]iB|[kMG]?B)\b)?")


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


def script_of(steps, ports):
    lines = []
    for number, step in enumerate(steps):
        command = step.command
        for name, usual in DEFAULT_PORTS.items():
            command = re.sub(rf"\b{usual}\b", ports[name], command)
        lines += [f"printf '\\n%s %s\\n' '{MARK}' {number}", command]
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
    return re.sub(r"\s+", " ", NUMBER.sub("N", line)).strip()


def pattern(shown):
    """A regular expression for the shapes of what a command prints, one a line."""
    parts = []
    for line in shown:
        if line.strip() == "...":
            parts.append(r"(?:.*\n)*?")
        else:
            parts.append(r".*".join(re.escape(shape(part)) for part in line.split("...")) + r"\n")
    return "".join(parts)


def complaints(steps, output):
    pieces = re.split(rf"^{MARK} (\d+)\n", output, flags=re.MULTILINE)
    printed = {int(number): text for number, text in zip(pieces[1::2], pieces[2::2])}
    for number, step in enumerate(steps):
        if number not in printed:
            yield f"{PAGE}:{step.line}: was not reached: {step.command}"
            return
        lines = [line for line in printed[number].splitlines() if line.strip()]
        shown = [line for line in step.shown if line.strip()]
        if not re.fullmatch(pattern(shown), "".join(shape(line) + "\n" for line in lines)):
            yield "\n".join([f"{PAGE}:{step.line}: prints something else: {step.command}", "  the page shows",
                             *(f"    {line}" for line in shown), "  it printed", *(f"    {line}" for line in lines)])


def main():
    root, program = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    steps = steps_of((root / PAGE).read_text(encoding="utf-8"))
    if not steps:
        print(f"{PAGE}: has no commands")
        return 1
    with tempfile.TemporaryDirectory(prefix="threadecho-lesson-") as name:
        directory = Path(name)
        (directory / "build/release").mkdir(parents=True)
        (directory / "build/release/threadecho").symlink_to(program)
        (directory / "bench").symlink_to(root / "bench")
        (directory / ".env").write_text(OTHER_SETTINGS, encoding="utf-8")
        ports = free_ports()
        output, found = run(script_of(steps, ports), directory, ports)
    found += complaints(steps, output)
    for complaint in found:
        print(complaint)
    print(f"{len(steps)} commands, {len(found)} complaints")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
