"""Types into real shells, and looks at what they complete."""

import os
import pty
import re
import select
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SECONDS = 20

# What is typed before the Tab key, and what must then stand on the screen.
CASES = (
    ("threadecho pro", ["probe"]),
    ("threadecho serve --thread-mo", ["--thread-model"]),
    ("threadecho serve --thread-model ", ["per-connection", "blocking-pool", "pool"]),
    ("threadecho serve --thread-model=bl", ["--thread-model=blocking-pool"]),
    ("threadecho fault add thr", ["throttle"]),
    ("threadecho completion ", ["bash", "zsh", "fish"]),
    ("threadecho help compl", ["completion"]),
    ("threadecho report resu", ["result.json"]),
    ("threadecho load 127.0.0.1:9 --raw-samples resu", ["result.json"]),
)

STARTS = {
    "bash": (["bash", "--norc", "--noprofile", "-i"], "source <(threadecho completion bash)"),
    "zsh": (["zsh", "-f", "-i"], "autoload -U compinit; compinit -u -D; source <(threadecho completion zsh)"),
}


def environment(binaries, folder):
    return {"PATH": f"{binaries}:/usr/bin:/bin", "HOME": str(folder), "TERM": "dumb", "LC_ALL": "C.UTF-8",
            "COLUMNS": "200"}


class Shell:
    """An interactive shell on a terminal of its own."""

    def __init__(self, name, binaries, folder):
        command, start = STARTS[name]
        self.child, self.terminal = pty.fork()
        if self.child == 0:
            os.chdir(folder)
            os.execvpe(command[0], command, environment(binaries, folder))
        self.run(f"{start}; PS1='$ '; PROMPT='$ '; bind 'set bell-style none' 2>/dev/null; echo is-'ready'")
        self.wait_for("is-ready")

    def run(self, line):
        os.write(self.terminal, (line + "\n").encode())

    def wait_for(self, *texts):
        """Reads until all are there, and returns what was read; what is missing else."""
        deadline = time.monotonic() + SECONDS
        screen = ""
        while not all(text in screen for text in texts):
            ready, _, _ = select.select([self.terminal], [], [], max(0, deadline - time.monotonic()))
            if not ready:
                raise AssertionError(f"{[text for text in texts if text not in screen]} not on the screen: {screen!r}")
            text = os.read(self.terminal, 65536).decode(errors="replace")
            screen += re.sub("\x1b\\[[0-9;?]*[A-Za-z]|[\x07\x08]", "", text)
        return screen

    def complete(self, typed, expected):
        os.write(self.terminal, (typed + "\t\t").encode())
        self.wait_for(*expected)
        os.write(self.terminal, b"\x15")  # Ctrl-U: an empty line
        self.run("echo next-'line'")
        self.wait_for("next-line")

    def end(self):
        os.kill(self.child, signal.SIGKILL)
        os.waitpid(self.child, 0)
        os.close(self.terminal)


def fish(binaries, folder):
    for typed, expected in CASES:
        script = f"threadecho completion fish | source; complete -C {typed!r}"
        shown = subprocess.run(["fish", "--no-config", "-c", script], cwd=folder, env=environment(binaries, folder),
                               capture_output=True, text=True, timeout=SECONDS, check=True).stdout
        words = {line.split("\t")[0] for line in shown.splitlines()}
        assert words.issuperset(expected), f"fish, {typed!r}: {shown!r}"


def main():
    binaries = sys.argv[1]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "result.json").write_text("{}")
        for shell_name in STARTS:
            shell = Shell(shell_name, binaries, folder)
            try:
                for typed, expected in CASES:
                    shell.complete(typed, expected)
            finally:
                shell.end()
        fish(binaries, folder)
    print(f"{len(CASES)} completions in each of {', '.join([*STARTS, 'fish'])}")


if __name__ == "__main__":
    main()
