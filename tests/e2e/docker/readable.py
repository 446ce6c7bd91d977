#!/usr/bin/env python3
"""readable.py ROOT: the entrypoint of Prometheus and Grafana in docker-compose.yml distinguishes a configuration that
they can read from one in a checkout with umask 077. Needs no engine."""

import glob
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

OTHER_USER = {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}
# Modes of files that another user cannot read. If the test does not run as root, it needs files without any mode.
PRIVATE = "go=" if OTHER_USER else "a="


def start(service, directory):
    """Runs the entrypoint with a command that says it was started, on what the service mounts, in the directory."""
    entrypoint = [argument.replace("$$", "$") for argument in service["entrypoint"]]
    files = " ".join(f"{directory}{pattern}" for pattern in service["environment"]["MUST_READ"].split())
    return subprocess.run([*entrypoint, "echo", "started"], env={"PATH": "/usr/bin:/bin", "MUST_READ": files}, cwd="/",
                          capture_output=True, text=True, timeout=60, check=False, **OTHER_USER)


def complaints(root, name, service):
    mounts = [volume.split(":")[:2] for volume in service.get("volumes", []) if volume.startswith("./")]
    if not mounts:
        return
    if "MUST_READ" not in str(service.get("entrypoint")):
        yield f"{name} mounts {mounts[0][0]}, and does not say if it cannot read it"
        return
    with tempfile.TemporaryDirectory(prefix="threadecho-readable-") as directory:
        os.chmod(directory, 0o755)
        for source, target in mounts:
            shutil.copytree(root / source, directory + target)
            if not any(glob.glob(directory + pattern) for pattern in service["environment"]["MUST_READ"].split()
                       if pattern.startswith(target)):
                yield f"{name} does not look at {source}"
        subprocess.run(["chmod", "-R", "go+rX", directory], check=True)
        done = start(service, directory)
        if done.stdout != "started\n":
            yield f"{name} does not start with readable files: {done.stderr}"
        for _, target in mounts:
            subprocess.run(["chmod", "-R", PRIVATE, directory + target], check=True)
            done = start(service, directory)
            if done.returncode == 0 or done.stdout or "chmod -R go+rX deploy" not in done.stderr:
                yield f"{name} starts without its configuration in {target}: {done.stdout}{done.stderr}"
            subprocess.run(["chmod", "-R", "u+rwX,go+rX", directory], check=True)


def main():
    root = Path(sys.argv[1])
    services = yaml.safe_load((root / "docker-compose.yml").read_text(encoding="utf-8"))["services"]
    found = [complaint for name, service in services.items() for complaint in complaints(root, name, service)]
    for complaint in found:
        print(complaint)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
