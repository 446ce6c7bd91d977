"""Runs each check of the image and its container on something broken, which the check must notice."""

import contextlib
import io

from container import check_stop, published
from engine import build, docker
from image import check_image

BROKEN_IMAGES = {
    "the image has ['bin/sh']": "COPY --from={base} /bin/dash /bin/sh",
    "others than root may change": "COPY --from={base} --chown=65532 /etc/debian_version /usr/share/doc/some/copyright",
    "bytes are too many": "COPY --from={base} /usr/bin /usr/share/doc/",
    "0:0": "USER 0:0",
    "CMD-SHELL": "HEALTHCHECK CMD threadecho healthcheck",
    "no label created": "LABEL org.opencontainers.image.created=",
    "the image says it is 9.9.9": "LABEL org.opencontainers.image.version=9.9.9",
}


def must_complain(text, check, *arguments):
    said = io.StringIO()
    try:
        with contextlib.redirect_stdout(said):
            check(*arguments)
    except AssertionError as complaint:
        assert text in str(complaint), f"expected to read {text!r}, got: {complaint}"
        return
    raise AssertionError(f"not noticed: {text}")


def check_killed(image):
    with published(image, "--stop-signal", "KILL") as server:
        check_stop(server)


def check_notices(root, tag, base):
    for text, line in BROKEN_IMAGES.items():
        broken = f"{tag}-broken"
        build(broken, "-", text_input=f"FROM {tag}\n{line.format(base=base)}\n")
        try:
            must_complain(text, check_image, root, broken)
        finally:
            docker("image", "rm", broken)
    must_complain("", check_killed, tag)
    print(f"{len(BROKEN_IMAGES) + 1} broken images and ends were noticed")
