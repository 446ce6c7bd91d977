"""The real program under test, on free ports of the loopback interface."""

import re
import signal
import subprocess
import time
import urllib.request
from pathlib import Path

PATIENCE = 60  # seconds that anything is waited for; far longer than it takes


def eventually(what, condition, seconds=PATIENCE):
    """Waits until `condition` holds, and returns what it returned."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        time.sleep(0.05)
    raise TimeoutError(f"waited {seconds} s in vain until {what}")


class Program:
    """A process with its output in a file; killed, if it still runs, when the test ends."""

    def __init__(self, arguments, log, **options):
        self.log = Path(log)
        with self._open_log() as output:
            self.process = subprocess.Popen(
                arguments, **{"stdin": subprocess.DEVNULL, "stdout": output, "stderr": output, **options})

    def _open_log(self):
        return open(self.log, "ab")

    def output(self):
        return self.log.read_text(encoding="utf-8", errors="replace")

    def find(self, pattern):
        """Waits for a line of the output in which the pattern is found."""
        def look():
            match = re.search(pattern, self.output())
            if not match and self.process.poll() is not None:
                raise RuntimeError(f"{self.log.name} has ended with {self.process.returncode}:\n{self.output()}")
            return match
        return eventually(f"{self.log.name} says {pattern}", look)

    def stop(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


class Threadecho(Program):
    """A server; `again()` starts another one on the same ports once this one has ended. `prefix` is a command that
    becomes the program; options are Popen's."""

    def __init__(self, binary, directory, name, settings, ports=("0", "0"), address="127.0.0.1", prefix=(), **options):
        self._made_from = (binary, directory, name, settings)
        self.name = name
        directory.mkdir(exist_ok=True)
        log = directory / f"{name}-{len(list(directory.glob(name + '-*')))}.log"
        environment = {"BIND_ADDRESS": address, "PORT": ports[0], "HTTP_PORT": ports[1], **settings}
        super().__init__([*prefix, str(binary)], log, env=environment, cwd=directory, **options)
        try:
            self.port, self.http_port = (int(port) for port in self.find_ports())
        except BaseException:
            self.kill()  # no other object knows it yet
            raise

    def find_ports(self):
        return self.find(r"serving echo=\S+:(\d+) http=\S+:(\d+)").groups()

    @property
    def target(self):
        return f"127.0.0.1:{self.http_port}"

    @property
    def proxy_port(self):
        return int(self.find(r"serving .* proxy=\S+:(\d+)").group(1))

    def again(self):
        return type(self)(*self._made_from, ports=(str(self.port), str(self.http_port)))

    def exposition(self):
        with urllib.request.urlopen(f"http://{self.target}/metrics", timeout=PATIENCE) as answer:
            return answer.read().decode()

    def metric(self, series):
        for line in self.exposition().splitlines():
            if line.rpartition(" ")[0] == series:
                return float(line.rpartition(" ")[2])
        raise KeyError(series)
