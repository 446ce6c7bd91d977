#!/usr/bin/env python3
"""selftest.py: the judges of the cases are shown a loss that is right, which they must let pass, and some that are not. The
middlebox is shown packets, of which it must change what it is told to, and nothing else."""

import os
import sys
from datetime import timedelta
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path += [str(HERE.parent / name) for name in ("observability", "faults", "e2e/docker")]

from breaking_paths import without  # noqa: E402
from middlebox import ACK, TCP, TO_CLIENT, TO_SERVER, Middlebox, Segment, checksum  # noqa: E402
from watched import not_told, now  # noqa: E402

MOMENT = now()
LOSS = {"reason": "reset", "place": "idle", "connection": "lasting"}
IPV4, IPV6 = (b"\x0a\x4e\0\2", b"\x0a\x4e\0\1"), (bytes(15) + b"\2", bytes(15) + b"\1")


def told(seconds=1.0, **fields):
    moment = MOMENT + timedelta(seconds=seconds)
    loss = {**LOSS, **fields, "time": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")}
    return list(not_told(loss, MOMENT, **LOSS))


WRONG = {"the loss is told after 2.10 s": told(2.1), "reason is closed_early, not reset": told(reason="closed_early"),
         "place is waiting, not idle": told(place="waiting"), "connection is fresh, not lasting": told(connection="fresh"),
         "the server closed for {}": without({}, {"client_reset"}),
         "the server closed for {'error': 1}": without({"error": 1}, {"client_reset"})}


def segment(ends, data, ports=b"\x80\0\x23\x28", sequence=7):
    tcp = ports + sequence.to_bytes(4, "big") + bytes(4) + bytes([5 << 4, ACK]) + b"\1\0" + bytes(4) + data
    return Segment(*ends, tcp)


def is_right(packet):
    """Both checksums add up."""
    found = Segment.of(packet)
    pseudo = found.source + found.target + bytes([0, TCP]) + len(found.tcp).to_bytes(2, "big")
    return checksum(pseudo + found.tcp) == 0 and (packet[0] >> 4 == 6 or checksum(packet[:20]) == 0)


class Carried:
    """What a middlebox gives on, in each direction."""

    def __init__(self, *commands):
        self.ends = {way: os.pipe() for way in (TO_SERVER, TO_CLIENT)}
        self.box = Middlebox({way: pipe[1] for way, pipe in self.ends.items()})
        for command in commands:
            self.box.obey(command)

    def after(self, packet, way):
        self.box.carry(packet, way)
        os.set_blocking(self.ends[way][0], False)
        try:
            return os.read(self.ends[way][0], 65536)
        except BlockingIOError:
            return b""


def main():
    assert not told() and not told(2.0) and not without({"client_reset": 1}, {"client_reset"})
    for text, complaints in WRONG.items():
        assert any(text in complaint for complaint in complaints), f"not noticed: {text}: {complaints}"
    for ends in (IPV4, IPV6):
        packet = segment(ends, b"hello!").packet()
        assert is_right(packet) and Segment.of(packet).data == b"hello!"
        assert Carried("pass").after(packet, TO_SERVER) == packet
        assert Carried("drop to_server").after(packet, TO_SERVER) == b""
        assert Carried("drop to_server").after(packet, TO_CLIENT) == packet
        assert Carried("drop to_server", "pass").after(packet, TO_SERVER) == packet
        assert (Carried("drop ipv6").after(packet, TO_SERVER) == packet) == (len(ends[0]) == 4)
        assert Carried("forget 1").after(packet, TO_SERVER) == b""
        loser = Carried("lose to_server")
        assert [loser.after(packet, TO_SERVER) for _ in range(6)] == 2 * [packet, packet, b""]
        assert loser.after(packet, TO_CLIENT) == packet
        flipped = Carried("flip to_server").after(packet, TO_SERVER)
        assert is_right(flipped) and Segment.of(flipped).data == b"hello " and len(flipped) == len(packet)
    print(f"{len(WRONG)} wrong losses were noticed")


if __name__ == "__main__":
    main()
