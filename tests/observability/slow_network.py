"""A network with delay and loss, for which the kernel needs nothing but a TUN device: netem is not in every kernel.

A connection to FAR comes out at NEAR and the other way round: this turns each packet's addresses round and gives it
back, so that one namespace is both ends. Checksums stay right, because they do not depend on the order of what they add
up. A packet is given back after DELAY_SECONDS, and every LOSS-th one that carries data of the server is lost."""

import fcntl
import os
import struct
import subprocess
import threading
import time
from collections import deque

NEAR, FAR = "10.77.0.1", "10.77.0.2"
DELAY_SECONDS = 0.010  # each way: a round trip of 20 ms
LOSS = 50  # one in 50: 2 %
TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
TCP = 6


def open_device(name):
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_CLOEXEC)
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH", name.encode(), IFF_TUN | IFF_NO_PI))
    for command in (f"address add {NEAR}/24 dev {name}", f"link set {name} up mtu 1500", "link set lo up"):
        subprocess.run(["ip", *command.split()], check=True)
    return device


def turned_round(packet):
    return packet[:12] + packet[16:20] + packet[12:16] + packet[20:]


def carries_data_from(packet, port):
    if packet[0] >> 4 != 4 or packet[9] != TCP:
        return False
    tcp = (packet[0] & 15) * 4
    data = tcp + (packet[tcp + 12] >> 4) * 4
    length, = struct.unpack_from("!H", packet, 2)
    source, = struct.unpack_from("!H", packet, tcp)
    return source == port and length > data


class SlowNetwork:
    def __init__(self, server_port):
        self.lost = 0
        self._port = server_port
        self._data_packets = 0
        self._device = open_device("slow0")
        self._on_their_way = deque()
        self._arrived = threading.Condition()
        for work in (self._take, self._give_back):
            threading.Thread(target=work, daemon=True).start()

    def _take(self):
        while True:
            packet = os.read(self._device, 65536)
            if carries_data_from(packet, self._port):
                self._data_packets += 1
                if self._data_packets % LOSS == 0:
                    self.lost += 1
                    continue
            with self._arrived:
                self._on_their_way.append((time.monotonic() + DELAY_SECONDS, packet))
                self._arrived.notify()

    def _give_back(self):
        while True:
            with self._arrived:
                while not self._on_their_way:
                    self._arrived.wait()
                due, packet = self._on_their_way.popleft()
            time.sleep(max(0, due - time.monotonic()))
            os.write(self._device, turned_round(packet))
