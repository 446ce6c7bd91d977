"""Describes the machine of a run: the numbers mean nothing without it."""

import os
import platform
import re
import subprocess
from pathlib import Path


def first_line(*command):
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return None
    return (done.stdout or done.stderr).strip().splitlines()[0] if done.returncode == 0 else None


def read(path):
    try:
        return Path(path).read_text().strip()
    except OSError:
        return None


def conntrack():
    """Fill and size of the table of tracked connections; None where the kernel tracks none."""
    count, most = (read(f"/proc/sys/net/netfilter/nf_conntrack_{name}") for name in ("count", "max"))
    return f"{count} of {most}" if count else None


def processor():
    found = re.search(r"model name\s*:\s*(.+)", read("/proc/cpuinfo") or "")
    return found.group(1) if found else platform.machine()


def facts():
    return {
        "processor": processor(),
        "cores": os.cpu_count(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "kernel": f"{platform.system()} {platform.release()}",
        "system": (re.search(r'PRETTY_NAME="(.+)"', read("/etc/os-release") or "") or [None, None])[1],
        "congestion_control": read("/proc/sys/net/ipv4/tcp_congestion_control"),
        "conntrack_before": conntrack(),
        "load_average_before": round(os.getloadavg()[0], 2),
        "c++": first_line("c++", "--version"),
        "python": platform.python_version(),
        "go": first_line("go", "version"),
        "java": first_line("java", "--version"),
    }
