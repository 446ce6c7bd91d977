"""A Docker Engine to test with: the one that answers, or else one of our own for as long as the test takes."""

import contextlib
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path


class Unavailable(Exception):
    """Why there is no engine, or what an engine needs and this host lacks."""


def call(*command, timeout=120, text_input=None, environment=None):
    """What the command prints on standard output; raises with all that it said when it fails."""
    done = subprocess.run(command, input=text_input, capture_output=True, text=True, timeout=timeout, check=False,
                          env={**os.environ, **(environment or {})})
    if done.returncode != 0:
        said = done.stdout[-3000:] + done.stderr[-3000:]
        raise RuntimeError(f"{' '.join(map(str, command))}\nended with {done.returncode}:\n{said}")
    return done.stdout.strip()


def docker(*arguments, **options):
    return call("docker", *arguments, **options)


def succeeds(*command, timeout=60):
    try:
        return subprocess.run(command, capture_output=True, timeout=timeout, check=False).returncode == 0
    except (FileNotFoundError, subprocess.TimeoutExpired):
        return False


def eventually(what, question, seconds=60):
    """The first true answer to the question."""
    deadline = time.monotonic() + seconds
    while not (answer := question()):
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(0.05)
    return answer


def builder():
    """A docker command that builds with BuildKit; one without its plug-in buildx cannot, from version 23 on."""
    for command in ("docker", "/usr/bin/docker"):
        asked = subprocess.run([command, "build", "--help"], capture_output=True, text=True, timeout=60, check=False,
                               env={**os.environ, "DOCKER_BUILDKIT": "1"})
        if asked.returncode == 0 and "--progress" in asked.stdout:
            return command
    raise Unavailable("the docker command has no BuildKit (package docker-buildx)")


def build(tag, *arguments, text_input=None):
    start = time.monotonic()
    call(builder(), "build", "--progress", "plain", "--tag", tag, *arguments, timeout=2400, text_input=text_input,
         environment={"DOCKER_BUILDKIT": "1"})
    print(f"built {tag} in {time.monotonic() - start:.0f} s")


def compose_command():
    for command in (["docker", "compose"], ["docker-compose"]):
        if succeeds(*command, "version"):
            return command
    raise Unavailable("neither docker compose nor docker-compose is here")


def restored(before, after):
    """The rules from before; tables that were not there then are emptied, with which they go."""
    known = before.splitlines()
    new = [f"{line}\nCOMMIT\n" for line in after.splitlines() if line.startswith("*") and line not in known]
    return f"{before}\n{''.join(new)}"


@contextlib.contextmanager
def engine():
    """Leaves the engine that answers as it is. One of our own has its own data, and takes its rules for packets along
    when it ends: they would have the host track every connection."""
    if not shutil.which("docker"):
        raise Unavailable("docker is not installed")
    if succeeds("docker", "info"):
        print("using the Docker Engine that answers")
        yield
        return
    if not shutil.which("dockerd"):
        raise Unavailable("no Docker Engine answers, and dockerd is not installed")
    if os.geteuid() != 0:
        raise Unavailable("no Docker Engine answers, and only root can start one")
    tables = [(save, restore, call(save)) for save, restore in
              (("iptables-save", "iptables-restore"), ("ip6tables-save", "ip6tables-restore")) if shutil.which(save)]
    had_bridge = Path("/sys/class/net/docker0").exists()
    with tempfile.TemporaryDirectory(prefix="threadecho-engine-", ignore_cleanup_errors=True) as directory:
        try:
            with started(Path(directory)):
                yield
        finally:
            if not had_bridge:
                succeeds("ip", "link", "delete", "docker0")
            for save, restore, rules in tables:
                call(restore, text_input=restored(rules, call(save)))


@contextlib.contextmanager
def started(directory):
    before = os.environ.get("DOCKER_HOST")
    log = directory / "log"
    with log.open("w", encoding="utf-8") as output, subprocess.Popen(
            ["dockerd", "--host", f"unix://{directory}/socket", "--data-root", directory / "data",
             "--exec-root", directory / "exec", "--pidfile", directory / "pid"],
            stdout=output, stderr=subprocess.STDOUT) as process:
        try:
            os.environ["DOCKER_HOST"] = f"unix://{directory}/socket"
            while not succeeds("docker", "info"):
                if process.poll() is not None:
                    raise Unavailable(f"dockerd cannot run here: {log.read_text(encoding='utf-8').splitlines()[-1]}")
                time.sleep(0.2)
            print("started a Docker Engine of our own")
            yield
        finally:
            process.terminate()
            process.wait(60)
            os.environ.pop("DOCKER_HOST")
            if before is not None:
                os.environ["DOCKER_HOST"] = before
