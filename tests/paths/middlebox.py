#!/usr/bin/env python3
"""middlebox.py FD CLIENT4 CLIENT6: what lies between a client and a server and may break their connections. It carries
packets between two TUN devices: FD is the server's, in another network namespace; its own, in this one, gets the
addresses. Each line of its input is a command, and each is answered with "done" once it is in effect:

pass               carry everything
drop to_client     carry nothing in that direction; also to_server
drop ipv6          carry no IPv6
lose to_server     lose each third segment with data in that direction
forget SECONDS     as a firewall does: drop packets of connections that were silent for longer
reset              end each connection with a RST to both ends, as if the other one had sent it
flip to_client     change one bit of the next data in that direction, with a right checksum"""

import fcntl
import os
import select
import struct
import subprocess
import sys
import time
from dataclasses import dataclass, field

TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
TO_SERVER, TO_CLIENT = "to_server", "to_client"
TCP, FIN, SYN, RST, ACK = 6, 1, 2, 4, 16


def open_device(name, *addresses):
    """A TUN device in the network namespace of this process."""
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_CLOEXEC)
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH", name.encode(), IFF_TUN | IFF_NO_PI))
    for address in addresses:
        subprocess.run(["ip", "address", "add", address, "dev", name, *(["nodad"] if ":" in address else [])], check=True)
    subprocess.run(["ip", "link", "set", name, "up", "mtu", "1500"], check=True)
    return device


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


@dataclass
class Segment:
    """A TCP segment in its packet, IPv4 or IPv6."""
    source: bytes  # addresses
    target: bytes
    tcp: bytes

    @classmethod
    def of(cls, packet):
        """Nothing for what is no TCP."""
        if packet[0] >> 4 == 4 and packet[9] == TCP:
            length, = struct.unpack_from("!H", packet, 2)
            return cls(packet[12:16], packet[16:20], packet[(packet[0] & 15) * 4:length])
        if packet[0] >> 4 == 6 and packet[6] == TCP:
            return cls(packet[8:24], packet[24:40], packet[40:])
        return None

    @property
    def ports(self):
        return self.tcp[:4]

    @property
    def next_sequence(self):
        sequence, = struct.unpack_from("!I", self.tcp, 4)
        flags = self.tcp[13]
        return (sequence + len(self.data) + bool(flags & SYN) + bool(flags & FIN)) & 0xFFFFFFFF

    @property
    def data(self):
        return self.tcp[(self.tcp[12] >> 4) * 4:]

    def packet(self):
        """With checksums that are right."""
        length = len(self.tcp)
        tcp = self.tcp[:16] + b"\0\0" + self.tcp[18:]
        if len(self.source) == 4:
            pseudo = self.source + self.target + struct.pack("!BBH", 0, TCP, length)
            head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + length, 0, 0x4000, 64, TCP, 0) + self.source + self.target
            head = head[:10] + struct.pack("!H", checksum(head)) + head[12:]
        else:
            pseudo = self.source + self.target + struct.pack("!II", length, TCP)
            head = struct.pack("!IHBB", 6 << 28, length, TCP, 64) + self.source + self.target
        return head + tcp[:16] + struct.pack("!H", checksum(pseudo + tcp)) + tcp[18:]


@dataclass
class Flow:
    """A connection, as the client's segments name it."""
    first: Segment
    last_packet: float = 0.0
    sequences: dict = field(default_factory=dict)  # the next one in each direction

    def resets(self):
        """A RST for each end."""
        ports = {TO_SERVER: self.first.ports, TO_CLIENT: self.first.ports[2:] + self.first.ports[:2]}
        ends = {TO_SERVER: (self.first.source, self.first.target), TO_CLIENT: (self.first.target, self.first.source)}
        for way, sequence in self.sequences.items():
            tcp = ports[way] + struct.pack("!IIBBHHH", sequence, 0, 5 << 4, RST, 0, 0, 0)
            yield way, Segment(*ends[way], tcp).packet()


class Middlebox:
    def __init__(self, devices):
        self.devices = devices  # the one to write to, in each direction
        self.flows = {}
        self.obey("pass")

    def obey(self, command):
        words = command.split()
        self.dropped, self.patience, self.flips, self.loses, self.seen = "", None, "", "", 0
        if words[0] == "drop":
            self.dropped = words[1]
        elif words[0] == "forget":
            self.patience = float(words[1])
        elif words[0] == "flip":
            self.flips = words[1]
        elif words[0] == "lose":
            self.loses = words[1]
        elif words[0] == "reset":
            for flow in self.flows.values():
                for way, packet in flow.resets():
                    os.write(self.devices[way], packet)
            self.flows.clear()

    def carry(self, packet, way):
        if self.dropped == way or (self.dropped == "ipv6" and packet[0] >> 4 == 6):
            return
        segment = Segment.of(packet)
        if segment:
            if not self._knows(segment, way):
                return
            if self.loses == way and segment.data:
                self.seen += 1
                if self.seen % 3 == 0:
                    return
            if self.flips == way and segment.data:
                self.flips = ""
                segment.tcp = segment.tcp[:-1] + bytes([segment.tcp[-1] ^ 1])
                packet = segment.packet()
        os.write(self.devices[way], packet)

    def _knows(self, segment, way):
        """Keeps what there is to know of the connection. False: it is one to forget."""
        ends = (segment.source, segment.target) if way == TO_SERVER else (segment.target, segment.source)
        ports = segment.ports if way == TO_SERVER else segment.ports[2:] + segment.ports[:2]
        key, now = (*ends, ports), time.monotonic()
        if segment.tcp[13] & SYN and way == TO_SERVER:
            self.flows[key] = Flow(segment)
        flow = self.flows.get(key)
        if not flow:
            return not self.patience
        if self.patience and flow.last_packet and now - flow.last_packet > self.patience:
            del self.flows[key]
            return False
        flow.last_packet = now
        flow.sequences[way] = segment.next_sequence
        return True

    def run(self):
        ways = {self.devices[TO_CLIENT]: TO_SERVER, self.devices[TO_SERVER]: TO_CLIENT}
        commands = b""
        while True:
            for ready in select.select([*ways, 0], [], [])[0]:
                if ready != 0:
                    self.carry(os.read(ready, 65536), ways[ready])
                    continue
                read = os.read(0, 4096)
                if not read:
                    return
                *lines, commands = (commands + read).split(b"\n")
                for line in lines:
                    self.obey(line.decode())
                    print("done", flush=True)


def main():
    own = open_device("path0", *sys.argv[2:])
    print("ready", flush=True)
    Middlebox({TO_SERVER: int(sys.argv[1]), TO_CLIENT: own}).run()


if __name__ == "__main__":
    main()
