#!/usr/bin/env python3
"""end_to_end.py ROOT: the image and the stack of this tree on a real Docker Engine. Exit status 77, with the reason as
the last line, where there is none and none can be started."""

import contextlib
import os
import sys
import tempfile
from pathlib import Path

import yaml
from bases import debian, prometheus, provided
from container import check_container
from engine import Unavailable, builder, compose_command, docker, engine
from image import build_image, check_image, check_needed, version_of
from notices import check_notices
from stack import check_stack

RELEASE = os.environ.get("DEBIAN_RELEASE", "trixie")


def main():
    root = Path(sys.argv[1]).resolve()
    services = yaml.safe_load((root / "docker-compose.yml").read_text(encoding="utf-8"))["services"]
    tag = f"threadecho:{version_of(root)}-test"
    with contextlib.ExitStack() as stack:
        stack.enter_context(engine())
        builder()
        compose_command()
        base = f"debian:{RELEASE}-slim"
        stack.enter_context(provided(base, debian))
        build_image(root, tag, RELEASE)
        stack.callback(docker, "image", "rm", tag)
        check_image(root, tag)
        with tempfile.TemporaryDirectory() as directory:
            check_needed(tag, directory)
        check_container(tag)
        check_notices(root, tag, base)
        image = services["prometheus"]["image"]
        stack.enter_context(provided(image, lambda name: prometheus(name, RELEASE)))
        check_stack(root, tag)


if __name__ == "__main__":
    try:
        main()
    except Unavailable as reason:
        print(reason)
        sys.exit(77)
