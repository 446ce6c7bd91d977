"""Images that others publish. Where they cannot be pulled, stand-ins under their names while the test runs."""

import contextlib
import os
import re
import shutil
import subprocess
import tempfile

from engine import Unavailable, build, call, docker, succeeds

PROMETHEUS = """
FROM debian:{release}-slim
RUN apt-get update && apt-get install -y --no-install-recommends prometheus && \\
    mkdir -p /prometheus && chown nobody /prometheus
USER nobody
WORKDIR /prometheus
ENTRYPOINT ["prometheus"]
"""


def is_here(image):
    return succeeds("docker", "image", "inspect", image)


@contextlib.contextmanager
def provided(image, make):
    """Yields whether the image is the real one."""
    if is_here(image) or succeeds("docker", "pull", "--quiet", image, timeout=300):
        yield "stand-in" not in docker("image", "inspect", "--format", "{{json .Config.Labels}}", image)
        return
    make(image)
    print(f"{image} cannot be pulled here: using a stand-in")
    try:
        yield False
    finally:
        docker("image", "rm", "--force", image)


def debian(image):
    """A minimal Debian, which is what the real one is."""
    release = re.fullmatch(r"debian:(\w+)-slim", image).group(1)
    if os.geteuid() != 0 or not shutil.which("debootstrap"):
        raise Unavailable(f"{image} cannot be pulled, and making it takes root and debootstrap")
    with tempfile.TemporaryDirectory(prefix="threadecho-debian-") as root:
        call("debootstrap", "--variant=minbase", release, root, timeout=900)
        with subprocess.Popen(["tar", "-C", root, "--exclude=./var/cache/apt/archives/*.deb", "-c", "."],
                              stdout=subprocess.PIPE) as tar:
            subprocess.run(["docker", "import", "--change", "LABEL stand-in=debootstrap", "-", image], stdin=tar.stdout,
                           stdout=subprocess.DEVNULL, timeout=300, check=True)


def prometheus(image, release):
    """Debian's Prometheus, of another version, where the image has it."""
    build(image, "--label", "stand-in=debian", "-", text_input=PROMETHEUS.format(release=release))
