"""What Grafana makes of an expression before it asks Prometheus."""

import re


def filled_in(expression, job, span="30s", whole="5m"):
    """`expression` for the job and all that can be chosen within it; `span` is $__rate_interval, `whole` the time that is
    shown."""
    values = {"job": job, "instance": ".*", "pod": ".*", "target": ".*", "watcher": ".*", "__rate_interval": span,
              "__range": whole}
    text = re.sub(r"\$\{?(\w+)\}?", lambda match: values.get(match.group(1), match.group(0)), expression)
    if re.search(r"\$\D", text):  # $1 is label_replace's
        raise ValueError(f"nobody fills in the variable in: {text}")
    return text
