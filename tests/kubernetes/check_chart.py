#!/usr/bin/env python3
"""check_chart.py ROOT SCHEMAS: compares what the Helm chart renders with the manifests, object by object, and shows it
to the policy and the schemas that those are shown to. Exit status 77, with the reason as the last line, when no
complaint was found but something could not be looked at."""

import sys
from pathlib import Path

import chart
import chart_files
import chart_options
import chart_values
import comparison
import rendering
from check_manifests import policy_complaints
from pods import pods_of
from schemas import Schemas


def lint_complaints(root):
    for values in ([], *chart.examples(root).values()):
        done = chart.helm(root, "lint", "--strict", "--quiet", *values)
        if done.returncode != 0 or done.stdout.strip():
            yield f"helm lint --strict {' '.join(values)}: {done.stdout.strip()}"


def comparison_complaints(root, charts):
    """Each against the overlay, component or example of its name, and the smoke test, which a chart always has."""
    manifests = {one.name: one.objects for one in rendering.renderings(root)}
    for name in charts:
        if name in ("everything", "options"):
            continue
        if name not in manifests:
            yield f"chart: {name}: there is no overlay, component or example of that name"
        else:
            job = manifests.get(f"{name}/smoke-test", manifests["smoke-test"])
            yield from comparison.complaints((*manifests[name], *job), charts[name])


def rendered_complaints(root, schemas):
    """Complaints, and what could not be looked at."""
    charts = chart.renderings(root)
    found, not_done = [*lint_complaints(root), *chart_values.complaints(root)], []
    for name, one in charts.items():
        image = chart_options.IMAGE if name == "options" else None
        found += policy_complaints(root, one, [pod for pod in pods_of(one) if not pod.serves], image)
    found += chart_options.complaints(charts["options"])
    if reason := rendering.why_not_kubectl():
        not_done.append(reason)
    else:
        found += comparison_complaints(root, charts)
    if schemas.is_dir():
        checker = Schemas(schemas)
        found += [text for one in charts.values() for text in checker.complaints(one)]
    else:
        not_done.append(f"there is no {schemas} beside this tree, so no object was validated")
    print(f"{sum(len(one.objects) for one in charts.values())} objects in {len(charts)} renderings of the chart")
    return found, not_done


def main():
    root, schemas = Path(sys.argv[1]).resolve(), Path(sys.argv[2])
    found = [*chart_files.complaints(root)]
    if reason := chart.why_not_helm():
        not_done = [reason]
    else:
        more, not_done = rendered_complaints(root, schemas)
        found += more
    for complaint in found:
        print(complaint)
    print(f"{len(found)} complaints")
    return rendering.exit_status(found, not_done)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except rendering.Refused as reason:
        sys.exit(str(reason))
