"""A server that is drained and started again, over and over, with clients that come back each time."""

import json
import socket
import subprocess

import reading
import traffic
from programs import PATIENCE, Threadecho, eventually

# What a client may see of a server that is being started again. Anything else is a lost or a wrong byte.
OF_A_RESTART = {"closed_early", "refused", "reset"}


class Restarts:
    def __init__(self, binary, directory, settings):
        self.count = 0
        self.complaints = []
        self.server = Threadecho(binary, directory, "restarted", settings)
        self._start = reading.take(self.server)
        self.load = subprocess.Popen(
            [str(binary), "load", f"127.0.0.1:{self.server.port}", "--reconnect", "--connections", "8", "--rate", "200",
             "--duration", "24h", "--json"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    def once(self):
        """A drain with a client that has its tail to come, one that says nothing, and those that come back."""
        eventually("those that come back are back", lambda: self.server.metric("threadecho_connections_active") >= 8)
        talker, *silent = traffic.hold(self.server, 3)
        sent = b"0123456789abcdef" * 4096
        talker.sendall(sent)
        self.server.process.terminate()
        talker.shutdown(socket.SHUT_WR)
        tail = b"".join(iter(lambda: talker.recv(65536), b""))
        if tail != sent:
            self.complaints.append(f"drain {self.count}: {len(tail)} of {len(sent)} bytes came back")
        if any(client.recv(1) for client in silent):
            self.complaints.append(f"drain {self.count}: a byte that was not sent")
        for client in (talker, *silent):
            client.close()
        status = self.server.process.wait(PATIENCE)
        if status != 0 or "stopped connections=" not in self.server.output():
            self.complaints.append(f"drain {self.count}: ended with {status}:\n{self.server.output()[-500:]}")
        self.server.log.unlink()
        self.server = self.server.again()
        self.count += 1
        self._compare()

    def _compare(self):
        now = reading.take(self.server)
        gone, new = self._start.series - now.series, now.series - self._start.series
        if gone or new:
            self.complaints.append(f"start {self.count}: other series: {sorted(gone | new)}")

    def finish(self):
        """Ends the clients that come back, and says what is wrong with what they saw; then the server."""
        self.load.terminate()
        result = json.loads(self.load.communicate(timeout=PATIENCE)[0])
        seen = {kind for kind, count in result["errors"].items() if count}
        if seen - OF_A_RESTART:
            self.complaints.append(f"clients of the restarted server saw {sorted(seen - OF_A_RESTART)}")
        if result["messages"] == 0 or result["outages"]["recovered"] == 0:
            self.complaints.append("no client of the restarted server came back")
        self.server.stop()
        return self.complaints
