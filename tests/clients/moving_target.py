#!/usr/bin/env python3
"""moving_target.py THREADECHO [NAME...]: probe and load in a network and mount namespace of their own, where a name moves
to another address, an address swallows packets, and this host lacks ports, addresses and descriptors."""

import contextlib
import fcntl
import json
import re
import resource
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

NAME = "echo.test"
FIRST, SECOND = "127.0.0.2", "127.0.0.3"
# Packets to these leave over an interface that drops them.
SILENT = "2001:db8:2::1"
SILENT_NAME_SERVER = "192.0.2.53"
RESOLVER = "/etc/resolv.conf"
PORT = 9000
PATIENCE = 30
TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 1, 0x1000
CASES = []


def case(function):
    CASES.append(function)
    return function


class Hosts:
    """Our own /etc/hosts, and a name server that does not answer."""

    def __init__(self, directory):
        self.path = Path(directory, "hosts")
        self.services = Path(directory, "nsswitch.conf")
        resolver = Path(directory, "resolv.conf")
        resolver.write_text(f"nameserver {SILENT_NAME_SERVER}\noptions timeout:{PATIENCE} attempts:1\n")
        self.ask_name_server(False)
        self.say()
        for path, place in (self.path, "/etc/hosts"), (self.services, "/etc/nsswitch.conf"), (resolver, RESOLVER):
            subprocess.run(["mount", "--bind", path, place], check=True)

    def say(self, *addresses):
        self.path.write_text("".join(f"{address} {NAME}\n" for address in addresses))

    def ask_name_server(self, asks):
        self.services.write_text("hosts: dns\n" if asks else "hosts: files\n")


class Server:
    def __init__(self, binary, address):
        environment = {"PORT": str(PORT), "BIND_ADDRESS": address, "HTTP_PORT": "0", "HTTP_BIND_ADDRESS": "127.0.0.1"}
        self.process = subprocess.Popen([binary], env=environment, stdout=subprocess.PIPE, text=True)
        for line in self.process.stdout:
            if " serving " in line:
                return
        raise RuntimeError("the server did not start")

    def kill(self):
        self.process.kill()
        self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()


class Client:
    """The program with these arguments; its lines as they come."""

    def __init__(self, binary, *arguments, **options):
        self.process = subprocess.Popen([binary, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                        **options)

    def wait_for_lines(self, count, text):
        for line in self.process.stdout:
            count -= text in line
            if count == 0:
                return
        raise RuntimeError(f"ended without another line with {text!r}")

    def end(self):
        output, errors = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, output, errors


def expect(condition, text):
    if not condition:
        raise AssertionError(text)


@case
def probe_follows_its_name(binary, hosts):
    hosts.say(FIRST)
    with Server(binary, FIRST) as first, Server(binary, SECOND):
        client = Client(binary, "probe", f"{NAME}:{PORT}", "--count", "14", "--interval", "100ms", "--timeout", "1s")
        client.wait_for_lines(4, "bytes from")
        hosts.say(SECOND)
        first.kill()
        status, output, _ = client.end()
    lost = 14 - int(re.search(r"(\d+) echoed", output)[1])
    expect(f"connected to {SECOND}:{PORT}" in output, f"it never came to the new address: {output}")
    expect(status == 14 and lost == 1, f"status {status}, {lost} lost, where one was due with the server's end: {output}")
    return f"{lost} of 14 lost"


@case
def load_follows_its_name(binary, hosts):
    hosts.say(FIRST)
    with Server(binary, FIRST) as first, Server(binary, SECOND):
        client = Client(binary, "load", f"{NAME}:{PORT}", "--connections", "50", "--reconnect", "--duration", "3s",
                        "--warmup", "0s", "--json")
        time.sleep(1)
        hosts.say(SECOND)
        first.kill()
        result = json.loads(client.end()[1])
    longest = max(incident["recovered_after_seconds"] or PATIENCE for incident in result["incidents"])
    expect(result["errors_total"] == 50 and longest < 1.5, f"{result['errors_total']} lost, the last back after {longest} s")
    return f"50 connections lost, all back within {longest:.2f} s"


@case
def a_name_that_goes_leaves_its_address(binary, hosts):
    found = []
    for arguments in (("probe", "--count", "60", "--interval", "50ms", "--timeout", "2s"),
                      ("load", "--reconnect", "--duration", "3s", "--warmup", "0s")):
        hosts.say(FIRST)
        with Server(binary, FIRST) as first:
            client = Client(binary, arguments[0], f"{NAME}:{PORT}", *arguments[1:], "--json")
            time.sleep(1.2)  # load takes what was looked up within a second
            hosts.say()
            first.kill()
            with Server(binary, FIRST):
                result = json.loads(client.end()[1])
        found.append(result)
    probe, load = found
    expect(probe["echoed"] > 30 and any("not found" in failed["message"] for failed in probe["look_ups_failed"]),
           f"probe: {probe['echoed']} of 60 echoed, {probe['look_ups_failed']}")
    expect(load["outages"]["recovered"] == 1, f"load: {load['outages']}, {load['reconnects_failed']}")
    expect(any("not found" in failed["message"] for failed in load["look_ups_failed"]), f"load: {load['look_ups_failed']}")
    return f"probe: {60 - probe['echoed']} of 60 lost; load: 1 of 1 back"


@case
def load_names_every_address_that_failed(binary, hosts):
    hosts.say(SILENT, FIRST)
    status, output, errors = Client(binary, "load", f"{NAME}:{PORT}", "--timeout", "400ms", "--json").end()
    message = json.loads(output)["error"]["message"]
    expect(status == 1 and f"[{SILENT}]:{PORT}" in message and f"{FIRST}:{PORT} refused" in message,
           f"status {status}: {output}{errors}")
    with Server(binary, FIRST):
        status, output, errors = Client(binary, "load", f"{NAME}:{PORT}", "--duration", "100ms", "--warmup", "0s",
                                        "--json").end()
    result = json.loads(output)
    expect(status == 0 and f"not connected: no answer from [{SILENT}]:{PORT}" in " ".join(errors.split()),
           f"status {status}: {errors}")
    expect([attempt["address"] for attempt in result["connects"]] == [f"[{SILENT}]:{PORT}", f"{FIRST}:{PORT}"],
           f"connects: {result['connects']}")
    return message


@case
def an_address_that_swallows_packets_costs_a_head_start(binary, hosts):
    hosts.say(SILENT, FIRST)
    with Server(binary, FIRST):
        for command in ("probe", "--count", "1"), ("load", "--duration", "100ms", "--warmup", "0s"):
            began = time.monotonic()
            status, output, errors = Client(binary, command[0], f"{NAME}:{PORT}", *command[1:]).end()
            took = time.monotonic() - began
            expect(status == 0 and 0.25 <= took < 2, f"{command[0]}: status {status} after {took:.2f} s: {output}{errors}")
            if command[0] == "probe":
                expect(f"no answer from [{SILENT}]:{PORT}" in output, f"the failed attempt is not told: {output}")
        only_ipv6 = Client(binary, "probe", f"{NAME}:{PORT}", "-6", "--timeout", "200ms").end()
        expect(only_ipv6[0] == 11, f"-6: status {only_ipv6[0]}")
    return f"{took:.2f} s"


@case
def load_tells_an_address_that_failed_at_a_reconnect(binary, hosts):
    hosts.say(FIRST)
    with Server(binary, FIRST) as first, Server(binary, SECOND):
        client = Client(binary, "load", f"{NAME}:{PORT}", "--connections", "4", "--reconnect", "--duration", "4s",
                        "--warmup", "0s", "--json")
        time.sleep(1.2)  # load takes what was looked up within a second
        hosts.say(SILENT, SECOND)
        first.kill()
        result = json.loads(client.end()[1])
    expect(result["outages"]["recovered"] == 4, f"outages: {result['outages']}")
    told = [failed for failed in result["reconnects_failed"] if f"[{SILENT}]:{PORT}" in failed["message"]]
    expect(told, f"reconnects_failed: {result['reconnects_failed']}")
    return f"{told}, the slowest back after {result['outages']['longest_seconds']:.3f} s"


@case
def load_goes_on_with_all_addresses_when_none_connected_first(binary, hosts):
    hosts.say(SILENT, FIRST)
    client = Client(binary, "load", f"{NAME}:{PORT}", "--connections", "4", "--reconnect", "--timeout", "3s",
                    "--duration", "3s", "--warmup", "0s", "--json")
    time.sleep(1)  # FIRST refuses meanwhile
    with Server(binary, FIRST):
        result = json.loads(client.end()[1])
    expect(result["errors_total"] == 0 and result["messages"] > 0, f"errors: {result['errors']}, {result['messages']}")
    expect(result["addresses"] == [f"{FIRST}:{PORT}"], f"addresses: {result['addresses']}")
    return f"{result['connections_opened']} connections, none lost"


@case
def load_begins_though_the_name_server_fails_before_its_start(binary, hosts):
    hosts.say(FIRST)
    start = time.time() + 12
    with Server(binary, FIRST):
        client = Client(binary, "load", f"{NAME}:{PORT}", "--start-at",
                        time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(start)), "--duration", "500ms", "--warmup", "0s",
                        "--json")
        time.sleep(0.5)
        hosts.say()
        status, output, errors = client.end()
    result = json.loads(output)
    expect(status == 0 and "using the addresses found before" in " ".join(errors.split()), f"status {status}: {errors}{output}")
    expect(len(result["look_ups_failed"]) == 1, f"look_ups_failed: {result['look_ups_failed']}")
    return f"{result['messages']} messages; {result['look_ups_failed']}"


@case
def load_counts_a_failed_look_up_once(binary, hosts):
    hosts.say(FIRST)
    with Server(binary, FIRST) as first:
        client = Client(binary, "load", f"{NAME}:{PORT}", "--connections", "50", "--reconnect", "--duration", "4s",
                        "--warmup", "0s", "--json")
        time.sleep(1.2)
        hosts.say()
        first.kill()
        with Server(binary, FIRST):
            result = json.loads(client.end()[1])
    failed = sum(row["count"] for row in result["look_ups_failed"])
    expect(result["outages"]["recovered"] == 50 and 1 <= failed < 20, f"{result['outages']}, {result['look_ups_failed']}")
    return f"50 connections back, {failed} look-ups failed"


@case
def waiting_ends_when_the_name_appears(binary, hosts):
    hosts.say()
    with Server(binary, FIRST):
        client = Client(binary, "probe", f"{NAME}:{PORT}", "--count", "1", "--wait", "30s")
        client.wait_for_lines(1, "waiting: name echo.test not found")
        hosts.say(FIRST)
        status, output, errors = client.end()
    expect(status == 0, f"status {status}: {output}{errors}")
    return "served as an init container"


@case
def a_silent_name_server_holds_up_no_end(binary, hosts):
    hosts.ask_name_server(True)
    try:
        began = time.monotonic()
        for command in "probe", "load":
            status, _, errors = Client(binary, command, f"{NAME}:{PORT}", "--timeout", "300ms").end()
            expect(status in (1, 16) and "no answer within 300ms" in errors, f"{command}: status {status}: {errors}")
        client = Client(binary, "probe", f"{NAME}:{PORT}", "--wait", "1h")
        time.sleep(0.5)  # it blocks the signal first, and then waits
        client.process.send_signal(signal.SIGINT)
        status, output, errors = client.end()
        expect(status == 128 + signal.SIGINT, f"interrupted: status {status}: {output}{errors}")
    finally:
        hosts.ask_name_server(False)
    took = time.monotonic() - began
    expect(took < PATIENCE / 2, f"it took {took:.1f} s")
    return f"three ends within {took:.2f} s"


def expect_local_reason(binary, target, kind, **options):
    status, output, errors = Client(binary, "probe", target, "--count", "1", "--json", **options).end()
    error = json.loads(output)["error"]
    expect(status == 1 and error["kind"] == kind, f"status {status}: {output}{errors}")
    return error["message"]


@case
def a_lack_of_ports_is_a_local_reason(binary, hosts):
    ports = Path("/proc/sys/net/ipv4/ip_local_port_range")
    before = ports.read_text()
    with contextlib.ExitStack() as stack:
        stack.enter_context(Server(binary, FIRST))
        stack.callback(ports.write_text, before)
        ports.write_text("50000 50003")
        for _ in range(4):
            stack.enter_context(socket.create_connection((FIRST, PORT)))
        message = expect_local_reason(binary, f"{FIRST}:{PORT}", "no_local_port")
        load = json.loads(Client(binary, "load", f"{FIRST}:{PORT}", "--json").end()[1])
        expect(load["errors"]["no_local_port"] == 1, f"load: {load['errors']}")
    return message


@case
def a_lack_of_ipv6_is_a_local_reason(binary, hosts):
    switch = Path("/proc/sys/net/ipv6/conf/all/disable_ipv6")
    switch.write_text("1")
    try:
        message = expect_local_reason(binary, f"[::1]:{PORT}", "no_address_family")
        load = json.loads(Client(binary, "load", f"[::1]:{PORT}", "--json").end()[1])
        expect(load["errors"]["no_address_family"] == 1, f"load: {load['errors']}")
    finally:
        switch.write_text("0")
        lead_ipv6_nowhere()
    return message


@case
def a_lack_of_descriptors_is_a_local_reason(binary, hosts):
    for most in range(5, 12):  # enough for all but the socket: what a build holds open differs
        status, output, _ = Client(binary, "probe", f"{FIRST}:{PORT}", "--count", "1", "--json",
                                   preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))).end()
        result = json.loads(output)
        if status != 1:
            break
        if result["error"]["kind"] == "local_limit":
            return result["error"]["message"]
    raise AssertionError(f"the lack was not told: status {status}, {output}")


@case
def an_unreachable_network_is_no_local_reason(binary, hosts):
    status, _, errors = Client(binary, "probe", f"198.51.100.1:{PORT}").end()
    expect(status == 17 and "unreachable" in errors, f"status {status}: {errors}")
    return errors.strip()


class Watcher(Client):
    """`threadecho watch` with its GET /targets."""

    def __init__(self, binary, *arguments):
        super().__init__(binary, "watch", *arguments, "--interval", "100ms", "--timeout", "400ms", "--http-port", "0",
                         "--http-bind-address", "127.0.0.1", "--version-port", "0", "--resolve-every", "200ms")
        for line in self.process.stdout:
            if found := re.search(r" watching http=(\S+)", line):
                self.url = f"http://{found[1]}/targets"
                return
        raise RuntimeError("the watcher did not start")

    def paths(self):
        """State and reason of the last loss of each address."""
        with urllib.request.urlopen(self.url, timeout=PATIENCE) as answer:
            targets = json.load(answer)["targets"]
        return {path["address"].rsplit(":", 1)[0]: (path["state"], (path["last_loss"] or {}).get("reason"))
                for target in targets for path in target["paths"]}

    def wait_for(self, expected):
        deadline = time.monotonic() + PATIENCE
        while (paths := self.paths()) != expected:
            expect(time.monotonic() < deadline, f"{paths}, not {expected}")
            time.sleep(0.01)

    def stop(self):
        self.process.terminate()
        return self.end()


@case
def watch_follows_its_name(binary, hosts):
    hosts.say(FIRST)
    with Server(binary, FIRST) as first, Server(binary, SECOND):
        watcher = Watcher(binary, f"{NAME}:{PORT}")
        watcher.wait_for({FIRST: ("up", None)})
        hosts.say(FIRST, SECOND)
        watcher.wait_for({FIRST: ("up", None), SECOND: ("up", None)})
        hosts.say(SECOND)
        watcher.wait_for({SECOND: ("up", None)})
        first.kill()  # nothing goes there any more
        hosts.say()
        time.sleep(0.5)
        watcher.wait_for({SECOND: ("up", None)})
        status, output, _ = watcher.stop()
    expect(status == 0 and "connection lost" not in output, f"status {status}: {output}")
    expect("address gone" in output and "name not found" in output, output)
    return "three addresses, nothing lost"


@case
def watch_tells_lost_paths_apart(binary, hosts):
    hosts.say(SILENT, FIRST)
    with Server(binary, FIRST):
        watcher = Watcher(binary, f"{NAME}:{PORT}", f"{SECOND}:{PORT}", f"198.51.100.1:{PORT}")
        expected = {FIRST: ("up", None), f"[{SILENT}]": ("down", "connect_timeout"), SECOND: ("down", "refused"),
                    "198.51.100.1": ("down", "unreachable")}
        watcher.wait_for(expected)
        status, output, _ = watcher.stop()
    expect(status == 1 and output.count("connection lost") == 3, f"status {status}: {output}")
    return "IPv6 lost while IPv4 works, refused, unreachable"


def prepare_network():
    """Packets to the device are never read. It lives as long as the file that this returns."""
    device = open("/dev/net/tun", "r+b", buffering=0)
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH", b"swallow", IFF_TUN | IFF_NO_PI))
    for command in ("link set lo up", "link set swallow up", "address add 192.0.2.1/24 dev swallow",
                    "route add unreachable 198.51.100.0/24"):
        subprocess.run(["ip", *command.split()], check=True)
    lead_ipv6_nowhere()
    return device


def lead_ipv6_nowhere():
    """All of it is gone once IPv6 has been switched off."""
    for command in "address add 2001:db8:1::1/64 dev swallow nodad", "route add 2001:db8:2::/64 dev swallow":
        subprocess.run(["ip", *command.split()], check=True)


def main():
    binary, names = Path(sys.argv[1]).resolve(), sys.argv[2:]
    failed = 0
    with prepare_network(), tempfile.TemporaryDirectory() as directory:
        hosts = Hosts(directory)
        for test in CASES:
            if names and test.__name__ not in names:
                continue
            try:
                print(f"{test.__name__}: {test(str(binary), hosts)}", flush=True)
            except (AssertionError, RuntimeError, subprocess.TimeoutExpired, json.JSONDecodeError, KeyError) as error:
                failed += 1
                print(f"{test.__name__} FAILED: {error!r}", flush=True)
        for place in "/etc/hosts", "/etc/nsswitch.conf", RESOLVER:
            subprocess.run(["umount", place], check=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
