#!/usr/bin/env python3
"""notified.py ROOT: the receiver of the compose stack makes readable lines of a webhook of Alertmanager."""

import json
import subprocess
import sys
from pathlib import Path

RECEIVER = "deploy/alertmanager/notifications/cgi-bin/notify"


def alert(status, instance, place):
    return {"status": status,
            "labels": {"alertname": "ThreadechoNotReady", "instance": instance, "job": "threadecho", "severity": "warning",
                       **place},
            "annotations": {"dashboard_url": "http://grafana/?var-job=a&var-instance=b", "description": f"{instance} is \"full\".",
                            "runbook_url": "http://runbook#a", "summary": "An instance is not ready."},
            "startsAt": "2026-01-01T00:00:00Z"}


def webhook(alerts):
    """As Alertmanager writes it: without spaces, and with & as an escape."""
    text = json.dumps({"receiver": "notifications", "status": "firing", "alerts": alerts}, separators=(",", ":"))
    return text.replace("&", "\\u0026")


def main():
    body = webhook([alert("firing", "a:8080", {}), alert("resolved", "b:8080", {"cluster": "east", "namespace": "shop"})])
    done = subprocess.run(["sh", Path(sys.argv[1]) / RECEIVER], input=body, capture_output=True, text=True, timeout=60, check=True,
                          env={"CONTENT_LENGTH": str(len(body)), "PATH": "/usr/bin:/bin"})
    expected = "".join(f'{status} warning ThreadechoNotReady {instance}{place} job=threadecho\n  An instance is not ready. {instance} is "full".\n'
                       "  http://runbook#a\n  http://grafana/?var-job=a&var-instance=b\n"
                       for status, instance, place in (("FIRING", "a:8080", ""), ("RESOLVED", "b:8080", " cluster=east namespace=shop")))
    if done.stderr != expected or not done.stdout.startswith("Content-Type: text/plain\n\n"):
        print(f"{RECEIVER} writes:\n{done.stderr}and answers {done.stdout!r}, not:\n{expected}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
