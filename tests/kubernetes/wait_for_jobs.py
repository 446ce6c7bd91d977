#!/usr/bin/env python3
"""wait_for_jobs.py ROOT: each command of docs/kubernetes.md that waits for a Job ends with it: with 0 if the Job has
completed, and with 1 if it has failed. kubectl is real; the API server is as much of one as kubectl wait asks."""

import json
import os
import re
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from rendering import client_version

PAGE = "docs/kubernetes.md"
COMMAND = re.compile(r"^(kubectl -n \S+ wait --for=jsonpath.* job/\S+) &&\n +(kubectl .* job/\S+)$", re.MULTILINE)
NEEDED = (1, 28)  # the first to wait for a field whatever its value
PATIENCE = 60
# The conditions that a Job has, one after the other, since 1.31; before, the last ones alone.
ENDS = {"Complete": (["SuccessCriteriaMet"], ["SuccessCriteriaMet", "Complete"]),
        "Failed": (["FailureTarget"], ["FailureTarget", "Failed"])}
EXPECTED = {"Complete": (0, ""), "Failed": (1, "timed out waiting for the condition")}
DISCOVERY = {
    "/version": {"major": "1", "minor": "32", "gitVersion": "v1.32.0"},
    "/api": {"kind": "APIVersions", "versions": ["v1"]},
    "/apis": {"kind": "APIGroupList", "apiVersion": "v1", "groups": [
        {"name": "batch", "versions": [{"groupVersion": "batch/v1", "version": "v1"}],
         "preferredVersion": {"groupVersion": "batch/v1", "version": "v1"}}]},
    "/api/v1": {"kind": "APIResourceList", "groupVersion": "v1", "resources": []},
    "/apis/batch/v1": {"kind": "APIResourceList", "groupVersion": "batch/v1", "resources": [
        {"name": "jobs", "singularName": "job", "namespaced": True, "kind": "Job", "verbs": ["get", "list", "watch"]}]},
}


class ApiServer(ThreadingHTTPServer):
    """Has one Job, which ends when a client watches it."""
    daemon_threads = True

    def __init__(self, end):
        super().__init__(("127.0.0.1", 0), Handler)
        self.steps = ENDS[end]
        self.conditions = []
        self.over = threading.Event()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def job(self, namespace, name):
        conditions = [{"type": kind, "status": "True"} for kind in self.conditions]
        return {"apiVersion": "batch/v1", "kind": "Job", "status": {"conditions": conditions} if conditions else {},
                "metadata": {"namespace": namespace, "name": name, "resourceVersion": "1", "uid": "1"}}


class Handler(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def answer(self, *things):
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.write(*things)

    def write(self, *things):
        for thing in things:
            self.wfile.write(json.dumps(thing).encode() + b"\n")

    def do_GET(self):
        address = urlsplit(self.path)
        if address.path in DISCOVERY:
            self.answer(DISCOVERY[address.path])
            return
        query = parse_qs(address.query)  # /apis/batch/v1/namespaces/NAMESPACE/jobs[/NAME]
        namespace, _, *name = address.path.split("/")[5:]
        name = name or [query["fieldSelector"][0].removeprefix("metadata.name=")]
        job = (namespace, *name)
        if "watch" in query:
            self.answer()
            for self.server.conditions in self.server.steps:
                self.write({"type": "MODIFIED", "object": self.server.job(*job)})
            self.server.over.wait(PATIENCE)
        elif "fieldSelector" in query:
            self.answer({"apiVersion": "batch/v1", "kind": "JobList", "metadata": {"resourceVersion": "1"},
                         "items": [self.server.job(*job)]})
        else:
            self.answer(self.server.job(*job))


def complaints(command, end):
    server = ApiServer(end)
    with tempfile.TemporaryDirectory() as home:
        config = Path(home) / "config"
        config.write_text(json.dumps({
            "apiVersion": "v1", "kind": "Config", "current-context": "here",
            "clusters": [{"name": "here", "cluster": {"server": f"http://127.0.0.1:{server.server_port}"}}],
            "contexts": [{"name": "here", "context": {"cluster": "here", "user": "here"}}],
            "users": [{"name": "here", "user": {}}]}), encoding="utf-8")
        done = subprocess.run(["sh", "-c", command], env={**os.environ, "HOME": home, "KUBECONFIG": str(config)},
                              capture_output=True, text=True, timeout=PATIENCE, check=False)
    server.over.set()
    server.shutdown()
    status, text = EXPECTED[end]
    if done.returncode != status or text not in done.stderr:
        yield f"{command}: exit status {done.returncode} for a Job that is {end}: {done.stdout}{done.stderr}"


def main():
    if client_version() < NEEDED:
        print(f"kubectl is older than {'.'.join(map(str, NEEDED))}, so waiting for Jobs was not tried")
        return 77
    page = (Path(sys.argv[1]) / PAGE).read_text(encoding="utf-8")
    commands = [" && ".join(found) for found in COMMAND.findall(page)]
    assert len(commands) == 3, f"{PAGE} shows how to wait for {len(commands)} Jobs, not 3"
    with ThreadPoolExecutor() as pool:
        results = pool.map(lambda case: list(complaints(*case)), [(one, end) for one in commands for end in ENDS])
        found = [text for result in results for text in result]
    for complaint in found:
        print(complaint)
    print(f"{len(commands)} commands wait for Jobs: {len(found)} complaints")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
