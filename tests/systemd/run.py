"""Under a real systemd the units do what docs/systemd.md says. run.py TREE PROGRAM ENV_FILE ROOT LOG"""
import json
import pathlib
import re
import sys
import time

from container import Container, Unavailable, install, make_root, wait_for

SERVICE = "threadecho.service"
SOCKETS = ("threadecho.socket", "threadecho-http.socket", "threadecho-identity.socket", "threadecho-proxy.socket")
MOST_EXPOSURE = 1.5
DROP_IN = f"/etc/systemd/system/{SERVICE}.d/test.conf"
SOCKET_DROP_IN = "/etc/systemd/system/threadecho.socket.d"
ENV_FILE = "/etc/threadecho/threadecho.env"
# A client that closes first keeps its port for a minute: many addresses have many ports.
SOURCES = ",".join(f"127.0.1.{i}" for i in range(1, 41))
RESTARTS = {"per-connection": 100, "blocking-pool": 20, "pool": 20}


def expect(condition, what):
    if not condition:
        raise AssertionError(what)


def configure(container, service="", env=None):
    """A drop-in, and variables instead of those of the example."""
    container.write(DROP_IN, f"[Service]\n{service}\n")
    if env is not None:
        container.write(ENV_FILE, env)
    container.call("systemctl", "daemon-reload")


def units_are_right(container):
    units = (SERVICE, "threadecho-watch.service", *SOCKETS)
    done = container.run("systemd-analyze", "verify", "--man=no", *units)
    expect(done.returncode == 0 and not done.stdout + done.stderr, f"verify: {done.stdout}{done.stderr}")
    for unit in units[:2]:
        text = container.call("systemd-analyze", "security", "--no-pager", unit)
        exposure = float(re.search(r"Overall exposure level for \S+: ([\d.]+)", text).group(1))
        expect(exposure <= MOST_EXPOSURE, f"{unit}: exposure {exposure}")
        print(f"  {unit}: exposure {exposure}")


def service_tells_how_it_is(container):
    container.call("systemctl", "start", SERVICE)
    expect(container.show(SERVICE, "ActiveState", "StatusText") ==
           {"ActiveState": "active", "StatusText": "serving, connections: 0"}, "not ready")
    holder, process = container.start("threadecho", "load", "127.0.0.1:9000", "--hold", "--connections", "3",
                                      "--duration", "1m", "--quiet")
    wait_for(lambda: container.show(SERVICE, "StatusText") == "serving, connections: 3", "the status")
    container.signal(2, container_pid(process))
    holder.wait(30)
    wait_for(lambda: container.show(SERVICE, "StatusText") == "serving, connections: 0", "the status")
    container.call("systemctl", "stop", SERVICE)
    expect(container.show(SERVICE, "Result") == "success", "it did not stop in order")


def container_pid(process):
    """Its number inside, which is the last of NSpid."""
    status = pathlib.Path(f"/proc/{process}/status").read_text()
    return re.search(r"^NSpid:.*\t(\d+)$", status, re.MULTILINE).group(1)


def env_file_has_the_defaults(container):
    example = (container.root / ENV_FILE[1:]).read_text()
    set_all = re.sub(r"(?m)^# (?=[A-Z_]+=)", "", example)
    expect(set_all.count("\n") == example.count("\n") and set_all != example, "nothing was set")
    container.call("systemctl", "start", SERVICE)
    defaults = config_of(container)
    container.write(ENV_FILE, set_all)
    container.call("systemctl", "restart", SERVICE)
    read = config_of(container)
    for name, value in defaults.items():
        expect(read[name]["value"] == value["value"], f"{name}: {read[name]} instead of {value}")
    sources = {name for name, value in read.items() if value["source"] == "environment"}
    expect({"PORT", "BIND_ADDRESS", "IDLE_TIMEOUT", "LOG_FORMAT"} <= sources, f"only {sources} were read")
    container.call("systemctl", "stop", SERVICE)
    print(f"  {len(sources)} settings read, all with their defaults")


def config_of(container):
    text = container.call("bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8080; "
                          r"printf 'GET /config HTTP/1.0\r\n\r\n' >&3; cat <&3")
    return json.loads(text.split("\n\n", 1)[1])


def wrong_settings_are_not_tried_again(container):
    configure(container, env="PORT=nonsense\n")
    expect(container.run("systemctl", "start", SERVICE).returncode != 0, "it started")
    time.sleep(1.5)  # RestartSec is 1 s
    expect(container.show(SERVICE, "ExecMainStatus", "NRestarts", "ActiveState") ==
           {"ExecMainStatus": "2", "NRestarts": "0", "ActiveState": "failed"}, "it was started again")
    container.call("systemctl", "reset-failed", SERVICE)


def watchdog_restarts_a_process_that_is_stopped(container):
    configure(container, "WatchdogSec=2s\nTimeoutAbortSec=2s\n", env="")
    container.call("systemctl", "start", SERVICE)
    stopped = container.show(SERVICE, "MainPID")
    began = time.monotonic()
    container.signal("STOP", stopped)
    wait_for(lambda: container.show(SERVICE, "NRestarts") == "1", "the watchdog")
    wait_for(lambda: container.show(SERVICE, "ActiveState") == "active", "the restart")
    expect(container.show(SERVICE, "MainPID") != stopped, "the same process")
    print(f"  killed and serving again after {time.monotonic() - began:.1f} s, with a watchdog of 2 s")
    container.call("systemctl", "stop", SERVICE)


def drain_may_take_longer_than_the_timeout(container):
    configure(container, "TimeoutStopSec=2s\n", env="DRAIN_TIMEOUT=5s\n")
    container.call("systemctl", "start", SERVICE)
    holder, _ = container.start("threadecho", "load", "127.0.0.1:9000", "--hold", "--duration", "1m", "--quiet")
    wait_for(lambda: container.show(SERVICE, "StatusText") == "serving, connections: 1", "the status")
    began = time.monotonic()
    container.call("systemctl", "stop", SERVICE)
    took = time.monotonic() - began
    expect(took > 4.5, f"the drain ended after {took:.1f} s")
    expect(container.show(SERVICE, "Result", "ExecMainStatus") == {"Result": "success", "ExecMainStatus": "0"},
           "the drain was cut off")
    holder.kill()
    holder.wait()
    print(f"  a drain of {took:.1f} s with TimeoutStopSec=2s")


def restarts_refuse_and_reset_nobody(container):
    configure(container, env="LOG_LEVEL=warning\n")
    container.call("systemctl", "start", *SOCKETS)
    for model, restarts in RESTARTS.items():
        configure(container, env=f"LOG_LEVEL=warning\nTHREAD_MODEL={model}\n")
        load, process = container.start("threadecho", "load", "127.0.0.1:9000", "--churn", "--connections", "8",
                                        "--source", SOURCES, "--duration", "10m", "--warmup", "0s", "--timeout", "20s",
                                        "--json", "--quiet")
        began = time.monotonic()
        for _ in range(restarts):
            container.call("systemctl", "restart", SERVICE)
        took = time.monotonic() - began
        expect(container.show(SERVICE, "Result", "NRestarts") == {"Result": "success", "NRestarts": "0"}, "a failure")
        container.signal("INT", container_pid(process))
        out, err = load.communicate(timeout=60)
        expect(load.returncode == 0, f"{model}: load ended with {load.returncode}: {out}{err}")
        print(f"  {model}: {restarts} restarts in {took:.1f} s: {summary(json.loads(out))}")
    config = config_of(container)
    for name, port in {"PORT": "9000", "HTTP_PORT": "8080", "IDENTITY_PORT": "9002", "PROXY_PORT": "9001"}.items():
        expect(config[name] == {"value": port, "source": "socket"}, f"{name}: {config[name]}")
    expect(container.run("threadecho", "identity", "127.0.0.1:9002", "--count", "1").returncode == 0, "no identity")
    expect(container.run("threadecho", "probe", "127.0.0.1:9001", "--proxy-protocol", "v2", "--count", "1").returncode == 0,
           "no PROXY port")


def restarted_socket_takes_the_service_along(container):
    container.write(f"{SOCKET_DROP_IN}/test.conf", "[Socket]\nListenStream=\nListenStream=127.0.0.1:7000\n")
    container.call("systemctl", "daemon-reload")
    container.call("systemctl", "restart", SOCKETS[0])
    wait_for(lambda: container.show(SERVICE, "ActiveState") == "active", "the service")  # systemctl waits for the socket alone
    expect(container.show(SOCKETS[0], "ActiveState") == "active", "the socket is not active")
    expect(container.run("threadecho", "probe", "127.0.0.1:7000", "--count", "1").returncode == 0, "no echo at the new port")
    container.call("systemctl", "stop", *SOCKETS)
    expect(container.show(SERVICE, "ActiveState") == "inactive", "it still runs without its sockets")


def summary(result):
    return (f"{result['connections_opened']} connections, {result['errors']['refused']} refused, "
            f"{result['errors']['reset']} reset, {result['errors_total']} errors")


def main():
    tree, program, env_file, root, log = (pathlib.Path(argument).resolve() for argument in sys.argv[1:])
    release = re.search(r"^VERSION_CODENAME=(\S+)", pathlib.Path("/etc/os-release").read_text(), re.MULTILINE).group(1)
    root = root.with_name(f"{root.name}-{release}")
    try:
        make_root(root, release)
        install(root, program, tree, env_file)
        with Container(root, log) as container:
            for step in (units_are_right, service_tells_how_it_is, env_file_has_the_defaults,
                         wrong_settings_are_not_tried_again, watchdog_restarts_a_process_that_is_stopped,
                         drain_may_take_longer_than_the_timeout, restarts_refuse_and_reset_nobody,
                         restarted_socket_takes_the_service_along):
                print(step.__name__.replace("_", " "), flush=True)
                try:
                    step(container)
                except Exception:
                    print(container.run("journalctl", "--no-pager", "--lines=40").stdout)
                    raise
    except Unavailable as reason:
        print(reason)
        return 77
    return 0


if __name__ == "__main__":
    sys.exit(main())
