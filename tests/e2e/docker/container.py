"""What a container of the image does: hardened, watched, stopped, and on the networks that Docker has."""

import contextlib
import json
import re
import secrets
import subprocess
import time
from datetime import datetime
from pathlib import Path

from clients import MIB, Talker, echo_and_half_close, http
from engine import docker, eventually

HARDENED = ("--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges")


class Container:
    def __init__(self, name):
        self.name = name

    def ask(self, template):
        return docker("inspect", "--format", template, self.name)

    def address(self, port):
        return docker("port", self.name, f"{port}/tcp").splitlines()[0]

    def health(self):
        return self.ask("{{.State.Health.Status}}")

    def becomes(self, health):
        start = time.monotonic()
        eventually(f"the container becomes {health}", lambda: self.health() == health)
        print(f"{health} after {time.monotonic() - start:.1f} s")

    def log(self):
        """Its lines, each of which must be JSON."""
        return [json.loads(line) for line in docker("logs", self.name).splitlines()]


@contextlib.contextmanager
def running(image, *options, command=()):
    container = Container(docker("run", "--detach", *HARDENED, *options, image, *command))
    try:
        yield container
    except BaseException:
        print(docker("logs", "--tail", "20", container.name))
        raise
    finally:
        docker("rm", "--force", "--volumes", container.name)


def published(image, *options):
    return running(image, "--publish", "127.0.0.1::9000", "--publish", "127.0.0.1::8080", "--env", "LOG_FORMAT=json",
                   "--health-interval", "1s", "--health-retries", "2", *options)


def moment(text):
    """Seconds, of times with microseconds or with nanoseconds, which Python does not read."""
    return datetime.fromisoformat(re.sub(r"(\.\d{6})\d*Z|Z", r"\1+00:00", text)).timestamp()


def check_privileges(server):
    """Looked at from outside, where the engine's processes are this host's."""
    assert server.ask("{{.HostConfig.ReadonlyRootfs}}") == "true"
    status = Path(f"/proc/{server.ask('{{.State.Pid}}')}/status")
    if not status.exists():
        print("the engine runs elsewhere: not looked at what its process may do")
        return
    facts = dict(line.split(":\t", 1) for line in status.read_text(encoding="utf-8").splitlines())
    assert facts["NSpid"].split()[-1] == "1", facts["NSpid"]
    assert facts["Uid"].split() == ["65532"] * 4 and facts["Gid"].split() == ["65532"] * 4, facts["Uid"]
    assert facts["NoNewPrivs"] == "1"
    assert int(facts["CapEff"], 16) == int(facts["CapBnd"], 16) == 0, facts["CapBnd"]


def check_start(server):
    serving = eventually("the log says that it serves", lambda: [
        line for line in server.log() if line["message"] == "serving"])[0]
    took = moment(serving["time"].replace("Z", "000Z")) - moment(server.ask("{{.State.StartedAt}}"))
    print(f"serving {took * 1000:.0f} ms after the container's start")


def check_health(server):
    server.becomes("healthy")
    docker("kill", "--signal", "STOP", server.name)
    server.becomes("unhealthy")
    docker("kill", "--signal", "CONT", server.name)
    server.becomes("healthy")


def check_health_without_settings(image):
    """The image's own health check, without arguments: it finds out how the container was started."""
    check = ("--health-interval", "1s", "--health-retries", "2")
    arguments = ("--port", "9001", "--http-port", "8081")
    client = ("load", "127.0.0.1:9", "--hold", "--reconnect", "--duration", "1h")  # where nothing listens
    for options, command, answer in (
            ((), arguments, "GET /healthz at 127.0.0.1:8081 answered 200"),
            (("--init",), arguments, "GET /healthz at 127.0.0.1:8081 answered 200"),
            (("--init", "--env", "HTTP_PORT=8082"), ("serve",), "GET /healthz at 127.0.0.1:8082 answered 200"),
            ((), client, "the main process is threadecho load, which serves nothing"),
            (("--init",), client, "the main process is threadecho load, which serves nothing")):
        with running(image, *check, *options, command=command) as container:
            container.becomes("healthy")
            said = docker("exec", container.name, "threadecho", "healthcheck")
            assert said == f"healthy: {answer}", said


def check_gigabyte(server):
    start = time.monotonic()
    echo_and_half_close(server.address(9000), 1024)
    took = time.monotonic() - start
    print(f"1 GiB echoed through the published port, half-closed, in {took:.1f} s: {1024 / took:.0f} MiB/s each way")
    assert f"\nthreadecho_echoed_bytes_total {1024 * MIB}" in http(server.address(8080), "/metrics")[1]


def check_stop(server):
    """Clients that finish during the drain have all that they sent; one that does not, has the beginning of it and an
    end of file. DRAIN_TIMEOUT is 3 s."""
    talkers = [Talker(server.address(9000), seed) for seed in range(9)]
    for talker in talkers:
        talker.start()
    for talker in talkers:
        assert talker.talks.wait(60), talker.failure
    stubborn = talkers.pop()
    ready = server.address(8080)
    start = time.monotonic()
    with subprocess.Popen(["docker", "stop", "--time", "30", server.name], stdout=subprocess.DEVNULL) as stop:
        eventually("the drain begins",
                   lambda: stop.poll() is not None or (answer := http(ready, "/readyz")) and answer[0] == 503)
        for talker in talkers:
            talker.finish.set()
        for talker in [*talkers, stubborn]:
            talker.join(60)
        assert stop.wait(60) == 0
    took = time.monotonic() - start
    for talker in talkers:
        assert talker.failure is None, talker.failure
        assert talker.received == talker.sent, f"{len(talker.received)} of {len(talker.sent)} bytes came back"
    assert stubborn.failure is None, stubborn.failure
    assert stubborn.sent.startswith(stubborn.received) and not stubborn.finish.is_set()
    sent = sum(len(talker.sent) for talker in talkers)
    print(f"stopped after {took:.1f} s under load; {len(talkers)} clients had all of {sent:,} bytes back")
    assert server.ask("{{.State.ExitCode}} {{.State.OOMKilled}}") == "0 false"
    assert took < 8, "too close to Docker's kill after 10 s"
    said = [line["message"] for line in server.log()]
    assert said[-1] == "stopped" and "draining" in said, said[-5:]
    ended = [line["reason"] for line in server.log() if line["message"] == "connection closed"][-9:]
    assert sorted(ended) == ["drain_forced"] + ["drained"] * 8, ended


def check_networks(image):
    """The service by its name, from another container; with IPv6 also by its address."""
    prefix = f"fd00:{secrets.randbelow(0xFFFF):x}:{secrets.randbelow(0xFFFF):x}::/64"
    for kind, options in {"IPv4 only": (), "dual-stack": ("--ipv6", "--subnet", prefix)}.items():
        network = docker("network", "create", *options, f"threadecho-test-{secrets.token_hex(4)}")
        try:
            with running(image, "--network", network, "--network-alias", "echo") as server:
                eventually("the healthcheck passes", lambda: "healthy:" in docker(
                    "exec", server.name, "threadecho", "healthcheck"))
                targets = ["echo:9000"]
                if options:
                    address = server.ask("{{range .NetworkSettings.Networks}}{{.GlobalIPv6Address}}{{end}}")
                    targets.append(f"[{address}]:9000")
                for target in targets:
                    docker("run", "--rm", *HARDENED, "--network", network, image,
                           "probe", target, "--count", "1", "--half-close")
            print(f"{kind} network: echoed")
        finally:
            docker("network", "rm", network)


def check_container(image):
    with published(image, "--env", "DRAIN_TIMEOUT=3s") as server:
        check_privileges(server)
        check_start(server)
        check_health(server)
        check_gigabyte(server)
        check_stop(server)
    with published(image, "--env", "PORT=many") as server:
        assert docker("wait", server.name) == "2", "wrong settings do not end it with 2"
    check_health_without_settings(image)
    check_networks(image)
