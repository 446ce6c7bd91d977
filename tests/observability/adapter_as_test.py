#!/usr/bin/env python3
"""adapter_as_test.py ROOT: prometheus-adapter's query as a test for promtool: how full is each pod that it asks for?"""

import json
import sys

import adapter

METRIC = "threadecho_connections_utilisation"
PODS = {  # connections, limit, the share that the autoscaler shall see
    "usual": (1400, 2000, 0.7),
    "lowered": (1021, 1021, 1),  # MAX_CONNECTIONS is 2000, and the system gives no more threads
    "none": (0, 0, 0),
}
OTHERS = {("threadecho", "other"): (5, 10), ("elsewhere", "usual"): (300, 400)}  # not asked for


def series():
    found = {("threadecho", pod): (active, limit) for pod, (active, limit, _) in PODS.items()} | OTHERS
    for (namespace, pod), values in found.items():
        labels = f'{{job="threadecho",namespace="{namespace}",pod="{pod}",instance="{pod}:8080"}}'
        for name, value in zip(("active", "limit"), values):
            yield {"series": f"threadecho_connections_{name}{labels}", "values": str(value)}


def main():
    queries = [adapter.filled_in(rule, pods="|".join(PODS)) for rule in adapter.rules(sys.argv[1])
               if rule["name"]["as"] == METRIC]
    if not queries:
        sys.exit(f"{adapter.RULE} does not offer {METRIC}")
    expected = [{"labels": f'{{pod="{pod}"}}', "value": share} for pod, (_, _, share) in PODS.items()]
    tests = [{"expr": query, "eval_time": "0m", "exp_samples": expected} for query in queries]
    json.dump({"tests": [{"name": adapter.RULE, "input_series": list(series()), "promql_expr_test": tests}]},
              sys.stdout, indent=1)  # JSON is YAML


if __name__ == "__main__":
    main()
