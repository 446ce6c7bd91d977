"""Servers whose standard output is rotated while they write to it, in the two ways that a program which logs there meets:
a file that is copied and truncated, as logrotate's copytruncate does, and a pipe whose reader rotates its own files, as
s6-log, multilog and container engines do."""

import fcntl
import os
import re
import shutil
import threading

from programs import Threadecho

LINE = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (trace|debug|info |warning|error|critical) [ -~]+")
MOST_BYTES = 4 << 20  # of one file
ROOM = 1 << 20  # bytes of a pipe: this reader shares an interpreter with many clients
KEPT = 3  # older files are looked at, then go


class Rotated(Threadecho):
    """Looks at each line that was written: `broken` is what is no whole line, `counts` how often an event is there."""

    def __init__(self, *arguments, **options):
        self.files = 0
        self.broken = []
        self.counts = {b"connection opened": 0, b"connection closed": 0}
        super().__init__(*arguments, **options)

    def look_at(self, text):
        for line in text.splitlines(keepends=True):
            if not line.endswith(b"\n") or not LINE.fullmatch(line[:-1]):
                self.broken.append(line[:200])
        for event in self.counts:
            self.counts[event] += text.count(event)

    def keep(self, copy):
        """Makes room for it, and says where it is to go."""
        self.files += 1
        self.log.with_suffix(f".{self.files - KEPT}").unlink(missing_ok=True)
        return copy(self.log, self.log.with_suffix(f".{self.files}"))

    def rotate(self):
        """Called now and then while the server runs."""

    def finish(self):
        """After the server has ended."""
        self.look_at(self.log.read_bytes())

    def complaints(self):
        return [f"a broken line in the log: {line!r}" for line in self.broken[:5]]


class CopiedAndTruncated(Rotated):
    """Lines written between the copy and the cut are lost, as everywhere; none is torn."""

    def rotate(self):
        if self.log.stat().st_size > MOST_BYTES:
            self.look_at(self.keep(shutil.copy).read_bytes())
            os.truncate(self.log, 0)


class Piped(Rotated):
    """No line is lost: as many connections have an opening line as have a closing one."""

    def _open_log(self):
        reading, writing = os.pipe()
        fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, ROOM)
        file = super()._open_log()  # before the thread runs: find() reads it at once
        self._reader = threading.Thread(target=self._write_down, args=(reading, file), daemon=True)
        self._reader.start()
        return os.fdopen(writing, "wb")

    def _write_down(self, reading, file):
        begun = b""
        while piece := os.read(reading, ROOM):
            whole, end, begun = (begun + piece).rpartition(b"\n")
            self.look_at(whole + end)
            file.write(whole + end)
            file.flush()
            if file.tell() > MOST_BYTES:
                file.close()
                self.keep(os.rename)
                file = super()._open_log()
        file.close()
        os.close(reading)
        self.look_at(begun)

    def finish(self):
        self._reader.join()

    def complaints(self):
        opened, closed = self.counts.values()
        return super().complaints() + ([f"{opened} openings and {closed} endings are in the log"] if opened != closed else [])
