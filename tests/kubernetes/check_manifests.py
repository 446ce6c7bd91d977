#!/usr/bin/env python3
"""check_manifests.py ROOT SCHEMAS: renders what is in deploy/kubernetes, validates each object against the schemas, and
says what is against our policy. Exit status 77, with the reason as the last line, when no complaint was found but
something could not be looked at: without kubectl, overlays; without the schemas, whether they would be accepted."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent / "observability"))

# Below the line above, which they need.
import examples
import files
import memory
import normalised
import observed
import overlays
import pod_security
import references
import rendering
import subjects
import workload
from pods import pods_of, settings_of
from schemas import Schemas


def policy_complaints(root, shown, others, image=None):
    series = subjects.known_series(root)
    known = files.settings_of(root)
    image = image or examples.image_of(shown, files.image_of(root))
    user = files.user_of(root)
    found = [*workload.complaints(shown, known, files.watch_settings_of(root), image), *references.complaints(shown, others),
             *normalised.complaints(shown), *observed.complaints(root, shown, series), *overlays.complaints(shown),
             *examples.complaints(shown)]
    for pod in pods_of(shown):
        found += overlays.host_network_complaints(shown, pod_security.complaints(pod, user))
        if pod.serves:
            found += memory.complaints(pod, settings_of(shown))
    return [f"{shown.name}: {text}" for text in found]


def main():
    root, schemas = Path(sys.argv[1]).resolve(), Path(sys.argv[2])
    not_done = [reason] if (reason := rendering.why_not_kubectl()) else []
    shown = rendering.sources(root) if not_done else rendering.renderings(root)
    if not schemas.is_dir():
        not_done.append(f"there is no {schemas} beside this tree, so no object was validated")
    jobs = [one for one in shown if one.is_job]
    others = [pod for job in jobs for pod in pods_of(job)]
    found = [*files.complaints(root)]
    for one in shown:
        found += policy_complaints(root, one, others)
        if one.name in rendering.OWN:
            found += memory.page_complaints(root, one)
    for job in jobs:
        found += references.job_complaints(job, shown[0])
    if schemas.is_dir():
        checker = Schemas(schemas)
        found += [text for one in shown for text in checker.complaints(one)]
    for complaint in found:
        print(complaint)
    count = sum(len(one.objects) for one in shown)
    print(f"{count} objects in {', '.join(one.name for one in shown)}: {len(found)} complaints")
    return rendering.exit_status(found, not_done)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except rendering.Refused as reason:
        sys.exit(str(reason))
