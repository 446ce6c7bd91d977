#!/usr/bin/env python3
"""never_reading.py THREADECHO [CLIENTS [TCP_RMEM]]: KiB of socket buffers that the server holds for a client that does
not read, over loopback and over a pair of virtual Ethernet devices, as pods have them: one that never reads, and one
that first reads for 3 seconds as fast as it can. As root; in network namespaces of its own, which end with it.
TCP_RMEM is the sysctl net.ipv4.tcp_rmem of both, for example "4096 131072 6291456"."""

import os
import subprocess
import sys
import time
from pathlib import Path

from cgroup import Cgroup
from per_client import KIB, never_reading, serving

INSIDE = "INSIDE_OWN_NAMESPACES"
SERVER = ("ip", "netns", "exec", "server")
READ_SECONDS = 3.0


def run(*command):
    subprocess.run(command, check=True)


def prepare(tcp_rmem):
    run("mount", "-t", "tmpfs", "tmpfs", "/run")  # where ip keeps the names of namespaces
    run("ip", "netns", "add", "server")
    run("ip", "link", "add", "client0", "type", "veth", "peer", "name", "server0", "netns", "server")
    for prefix, device, address in (((), "client0", "192.0.2.1/24"), (SERVER, "server0", "192.0.2.2/24")):
        run(*prefix, "ip", "address", "add", address, "dev", device)
        run(*prefix, "ip", "link", "set", device, "up")
        run(*prefix, "ip", "link", "set", "lo", "up")
        if tcp_rmem:
            run(*prefix, "sysctl", "-qw", f"net.ipv4.tcp_rmem={tcp_rmem}")


def measure(binary, count, path, buffers, read_seconds):
    prefix, host = (SERVER, "192.0.2.2") if path == "veth" else ((), "127.0.0.1")
    cgroup = Cgroup("threadecho-memory")
    try:
        with serving(binary, cgroup, prefix, BIND_ADDRESS="0.0.0.0", SOCKET_BUFFER_SIZE=buffers,
                     PATH=os.environ["PATH"]) as port:
            time.sleep(0.1)
            before = cgroup.parts()[2]
            clients = never_reading(port, count, host, read_seconds)
            held = cgroup.parts()[2] - before
            for client in clients:
                client.close()
    finally:
        cgroup.close()
    return held / KIB / count


def main():
    if INSIDE not in os.environ:
        os.environ[INSIDE] = "yes"
        os.execvp("unshare", ["unshare", "--net", "--mount", sys.executable, *sys.argv])
    binary = str(Path(sys.argv[1]).resolve())
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 20
    prepare(sys.argv[3] if len(sys.argv) > 3 else "")
    for name in ("tcp_rmem", "tcp_wmem", "tcp_congestion_control"):
        print(f"{name}: {Path('/proc/sys/net/ipv4', name).read_text(encoding='ascii').strip()}")
    for path in ("loopback", "veth"):
        for buffers in ("", "64KiB"):
            for read_seconds in (0.0, READ_SECONDS):
                kind = f"stops reading after {read_seconds:.0f} s" if read_seconds else "never reads"
                print(f"{path:<9} SOCKET_BUFFER_SIZE={buffers or 'system':<7} {kind:<25} "
                      f"{measure(binary, count, path, buffers, read_seconds):8.0f}", flush=True)


if __name__ == "__main__":
    main()
