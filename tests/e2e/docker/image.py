"""The image: how it is built, and what it is made of."""

import json
import os
import re
import subprocess
import tarfile
import tempfile
from datetime import datetime, timezone

from engine import build, call, docker

MOST_BYTES = 10_000_000


def version_of(root):
    text = (root / "CMakeLists.txt").read_text(encoding="utf-8")
    return re.search(r"^project\(threadecho VERSION ([0-9.]+)", text, re.M).group(1)


def revision_of(root):
    done = subprocess.run(["git", "-C", root, "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"],
                          capture_output=True, text=True, timeout=60, check=False)
    return done.stdout.strip() or "unknown"


def build_image(root, tag, release):
    build(tag, "--build-arg", f"DEBIAN_RELEASE={release}", "--build-arg", f"REVISION={revision_of(root)}",
          "--build-arg", f"CREATED={datetime.now(timezone.utc):%Y-%m-%dT%H:%M:%SZ}", str(root))


def files_in(tag):
    """The image's files, as tarfile sees them, without what Docker puts into each container."""
    container = docker("create", tag)
    try:
        with tempfile.TemporaryFile() as archive:
            subprocess.run(["docker", "export", container], stdout=archive, timeout=120, check=True)
            archive.seek(0)
            with tarfile.open(fileobj=archive) as files:
                return [file for file in files.getmembers() if file.isfile() and
                        not re.fullmatch(r"\.dockerenv|dev/console|etc/(hostname|hosts|resolv\.conf)", file.name)]
    finally:
        docker("rm", container)


def check_image(root, tag):
    facts = json.loads(docker("image", "inspect", tag))[0]
    files = files_in(tag)
    print(f"image of {facts['Size']:,} bytes:")
    for file in sorted(files, key=lambda file: file.name):
        print(f"  {file.size:>9,} {file.name}")
    assert facts["Size"] < MOST_BYTES, f"{facts['Size']} bytes are too many"

    config = facts["Config"]
    assert config["User"] == "65532:65532", config["User"]
    assert config["StopSignal"] == "SIGTERM", config["StopSignal"]
    assert config["Healthcheck"]["Test"] == ["CMD", "threadecho", "healthcheck"], config["Healthcheck"]
    labels = {name.removeprefix("org.opencontainers.image."): value for name, value in config["Labels"].items()}
    for name in ("title", "description", "licenses", "version", "revision", "created"):
        assert labels.get(name), f"no label {name}"
    assert labels["version"] == version_of(root), f"the image says it is {labels['version']}"
    said = docker("run", "--rm", tag, "--version")
    assert labels["version"] in said and labels["revision"] in said, f"the labels say {labels}, the program: {said}"

    known = (r"usr/bin/threadecho|etc/nsswitch\.conf|usr/share/doc/[^/]+/copyright|usr/share/doc/threadecho/runbook\.md|"
             r"(usr/)?lib(64)?/.*\.so\.[0-9.]+")
    unexpected = [file.name for file in files if not re.fullmatch(known, file.name)]
    assert not unexpected, f"the image has {unexpected}"
    writable = [file.name for file in files if file.uid != 0 or file.mode & 0o022]
    assert not writable, f"others than root may change {writable}"


def check_needed(tag, program_directory):
    """Nothing is missing, since the program runs. So check that each shared object is needed by another file."""
    container = docker("create", tag)
    try:
        call("docker", "cp", f"{container}:/", program_directory)
    finally:
        docker("rm", container)
    objects, wanted = {}, {"ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1"}
    for directory, _, names in os.walk(program_directory):
        for name in names:
            if ".so." in name or name == "threadecho":
                path = os.path.join(directory, name)
                objects[name] = path
                dynamic = call("readelf", "--dynamic", "--section-headers", "--wide", path)
                wanted.update(re.findall(r"\(NEEDED\).*\[(.*)\]", dynamic))
                assert ".symtab" not in dynamic, f"{name} is not stripped"
    spare = set(objects) - wanted - {"threadecho"}
    assert not spare, f"not needed: {spare}"
