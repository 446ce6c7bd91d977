"""The real programs of the end-to-end test: threadecho and Prometheus, on free ports of the loopback interface."""

import json
import re
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import yaml

import subjects

PATIENCE = 60  # seconds that anything is waited for; far longer than it takes


def eventually(what, condition):
    """Waits until `condition` holds, and returns what it returned."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        time.sleep(0.05)
    raise TimeoutError(f"waited {PATIENCE} s in vain until {what}")


class Program:
    """A process with its output in a file; killed, if it still runs, when the test ends."""

    def __init__(self, arguments, log, **options):
        self.log = Path(log)
        with open(self.log, "ab") as output:
            self.process = subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=output,
                                            stderr=subprocess.STDOUT, **options)

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
    """A server; `again()` starts another one on the same ports once this one has ended."""

    def __init__(self, binary, directory, name, settings, ports=("0", "0"), address="127.0.0.1"):
        self._made_from = (binary, directory, name, settings)
        self.name = name
        directory.mkdir(exist_ok=True)
        log = directory / f"{name}-{len(list(directory.glob(name + '-*')))}.log"
        environment = {"BIND_ADDRESS": address, "PORT": ports[0], "HTTP_PORT": ports[1], **settings}
        super().__init__([str(binary)], log, env=environment, cwd=directory)
        serving = self.find(r"serving echo=\S+:(\d+) http=\S+:(\d+)")
        self.port, self.http_port = int(serving.group(1)), int(serving.group(2))

    @property
    def target(self):
        return f"127.0.0.1:{self.http_port}"

    def again(self):
        return Threadecho(*self._made_from, ports=(str(self.port), str(self.http_port)))

    def exposition(self):
        with urllib.request.urlopen(f"http://{self.target}/metrics", timeout=PATIENCE) as answer:
            return answer.read().decode()

    def metric(self, series):
        for line in self.exposition().splitlines():
            if line.rpartition(" ")[0] == series:
                return float(line.rpartition(" ")[2])
        raise KeyError(series)


class Prometheus(Program):
    """Debian's Prometheus with the configuration that is shipped. Only targets and intervals are rewritten."""

    def __init__(self, root, directory, targets, interval):
        source = Path(root) / subjects.PROMETHEUS
        configuration = yaml.safe_load(source.read_text(encoding="utf-8"))
        configuration["global"].update(scrape_interval=interval, evaluation_interval=interval)
        for job in configuration["scrape_configs"]:
            job["static_configs"] = [{"targets": targets}]
        directory.mkdir()
        for name in configuration["rule_files"]:
            shutil.copy(source.parent / name, directory)
        copy = directory / source.name
        copy.write_text(yaml.safe_dump(configuration), encoding="utf-8")
        super().__init__(["prometheus", f"--config.file={copy}", f"--storage.tsdb.path={directory / 'data'}",
                          "--web.listen-address=127.0.0.1:0"], directory / "prometheus.log")
        self.address = self.find(r'msg="Listening on".*?address=(\S+)').group(1)
        self.find("Server is ready to receive web requests")

    def ask(self, path, **parameters):
        query = urllib.parse.urlencode(parameters)
        try:
            with urllib.request.urlopen(f"http://{self.address}/api/v1/{path}?{query}", timeout=PATIENCE) as answer:
                return json.load(answer)["data"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{path} {parameters}: {error.read().decode()}") from error

    def at(self, expression, when):
        """[(labels, [value])] at one time."""
        return [(series["metric"], [float(series["value"][1])])
                for series in self.ask("query", query=expression, time=when)["result"]]

    def over(self, expression, start, end, step):
        """[(labels, [values])] over a time."""
        return [(series["metric"], [float(value) for _, value in series["values"]])
                for series in self.ask("query_range", query=expression, start=start, end=end, step=step)["result"]]

    def firing(self, alert):
        return [found for found in self.ask("alerts")["alerts"]
                if found["labels"]["alertname"] == alert and found["state"] == "firing"]
