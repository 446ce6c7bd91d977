"""The objects that the Helm chart renders."""

import json
import shutil
import subprocess
from pathlib import Path

import yaml
from chart_options import OPTIONS
from rendering import LOADER, Refused, Rendering

CHART = Path("deploy/helm/threadecho")
EXAMPLES = CHART / "examples"
RELEASE = "threadecho"
# Examples that change another one: what --values is given before them.
AFTER = {"dev": ["minimal"], "ipv6-only": ["minimal"], "own-registry": ["production"]}
# What a component changes.
COMPONENTS = {"autoscaling": ["autoscaling.enabled=true"],
              "disruption-budget": ["disruptionBudget.enabled=true"],
              "external": ["external.enabled=true"],
              "identity": ["settings.IDENTITY_PORT=9002"],
              "monitoring": ["podMonitor.enabled=true", "prometheusRule.enabled=true", "dashboard.enabled=true"],
              "network-policy": ["networkPolicy.enabled=true"]}
EVERYTHING = ",".join(value for values in COMPONENTS.values() for value in values) + ",topologySpread.enabled=true"


def why_not_helm():
    """Why nothing can be rendered here, or nothing."""
    return "" if shutil.which("helm") else "helm is not installed; Debian does not have it"


def helm(root, command, *arguments, release=()):
    """The finished process: helm COMMAND [RELEASE] CHART ARGUMENTS."""
    return subprocess.run(["helm", command, *release, str(CHART), *arguments], cwd=root, capture_output=True, text=True,
                          timeout=120, check=False)


def rendered(root, name, *arguments, release=RELEASE):
    done = helm(root, "template", *arguments, release=(release,))
    if done.returncode != 0 or done.stderr:
        raise Refused(f"{name}: helm template: {done.stderr.strip()}")
    return Rendering(name, tuple(thing for thing in yaml.load_all(done.stdout, LOADER) if thing), True)


def examples(root):
    """Name of each example, which is that of an overlay or example of the manifests, and its arguments of helm."""
    return {path.stem: [argument for name in (*AFTER.get(path.stem, []), path.stem)
                        for argument in ("--values", str(EXAMPLES / f"{name}.yaml"))]
            for path in sorted((root / EXAMPLES).glob("*.yaml"))}


def renderings(root):
    """With default values, with each example, with each component, with everything, with each further value."""
    found = {"base": rendered(root, "chart")}
    for name, values in examples(root).items():
        found[name] = rendered(root, f"chart: {name}", *values)
    for name, values in COMPONENTS.items():
        found[name] = rendered(root, f"chart: {name}", "--set", ",".join(values))
    found["everything"] = rendered(root, "chart: everything", "--set", EVERYTHING, release="blue")
    options = [part for name, value in OPTIONS.items() for part in ("--set-json", f"{name}={json.dumps(value)}")]
    found["options"] = rendered(root, "chart: options", *options)
    return found
