"""The rule with which prometheus-adapter makes the autoscaler's metric of our series."""

import re
from pathlib import Path

import yaml
from subjects import Expression

RULE = "deploy/kubernetes/components/autoscaling/prometheus-adapter-rule.yaml"


def rules(root):
    return yaml.safe_load((Path(root) / RULE).read_text(encoding="utf-8"))["rules"]


def filled_in(rule, namespace="threadecho", pods=".+"):
    """What prometheus-adapter asks Prometheus when an autoscaler wants the metric of these pods."""
    values = {"Series": re.match(r"\w+", rule["seriesQuery"]).group(), "GroupBy": "pod",
              "LabelMatchers": f'namespace="{namespace}",pod=~"{pods}"'}
    text = re.sub(r"<<\.(\w+)>>", lambda match: values.get(match.group(1), match.group(0)), rule["metricsQuery"])
    if "<<" in text:
        raise ValueError(f"prometheus-adapter fills in something else than {', '.join(values)} in: {text}")
    return text


def expressions(root):
    return [Expression(f"{RULE} {rule['name']['as']}", filled_in(rule)) for rule in rules(root)]
