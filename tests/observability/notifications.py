"""The real Alertmanager with the configuration that is shipped, and the receiver of the compose stack behind it."""

import re
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from programs import PATIENCE, Program

SOURCE = "deploy/alertmanager"


class Receiver:
    """Answers on a free port of the loopback interface, runs the CGI program for each notification, and keeps what it logs."""

    def __init__(self, root):
        program = Path(root) / SOURCE / "notifications/cgi-bin/notify"
        self.lines = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(handler):  # pylint: disable=invalid-name,no-self-argument
                size = handler.headers["Content-Length"]
                done = subprocess.run(["sh", program], input=handler.rfile.read(int(size)), capture_output=True, timeout=PATIENCE,
                                      check=True, env={"CONTENT_LENGTH": size, "PATH": "/usr/bin:/bin"})
                self.lines += done.stderr.decode().splitlines()
                handler.send_response(200)
                handler.end_headers()

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_port}/cgi-bin/notify"

    def kill(self):
        self.server.shutdown()
        self.server.server_close()


class Alertmanager(Program):
    """Debian's Alertmanager. Only the receiver's address and the times are rewritten."""

    def __init__(self, root, directory, receiver):
        directory.mkdir()
        text = (Path(root) / SOURCE / "alertmanager.yml").read_text(encoding="utf-8")
        text = re.sub(r"(group_wait|group_interval): \S+", r"\1: 1s", re.sub(r"url: \S+", f"url: {receiver.url}", text))
        (directory / "alertmanager.yml").write_text(text, encoding="utf-8")
        super().__init__(["prometheus-alertmanager", f"--config.file={directory / 'alertmanager.yml'}",
                          f"--storage.path={directory / 'data'}", "--web.listen-address=127.0.0.1:0",
                          "--cluster.listen-address="], directory / "alertmanager.log")
        self.target = self.find(r'msg="?Listening on"?.*?address=(\S+)').group(1)
