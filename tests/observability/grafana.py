"""What Grafana makes of an expression before it asks Prometheus."""

import re


ALL = {"cluster": ".*", "namespace": ".*", "job": ".+", "instance": ".+", "pod": ".*", "target": ".*", "watcher": ".*"}


def filled_in(expression, chosen, span="30s", whole="5m"):
    """`expression` for the values that are chosen, and all of those variables that are not; `span` is $__rate_interval, `whole`
    the time that is shown."""
    values = {**ALL, **chosen, "__rate_interval": span, "__range": whole}
    text = re.sub(r"\$\{?(\w+)\}?", lambda match: values.get(match.group(1), match.group(0)), expression)
    if re.search(r"\$\D", text):  # $1 is label_replace's
        raise ValueError(f"no value for the variable in: {text}")
    return text
