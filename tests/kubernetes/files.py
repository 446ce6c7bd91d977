"""What the manifests repeat of other files, because Kubernetes wants it there: version, user, settings, rules."""

import re
import subprocess

import yaml
from rendering import FOLDER

VERSION = FOLDER / "version/kustomization.yaml"
WATCH = "docs/watch.md"
RULE = FOLDER / "components/monitoring/prometheus-rule.yaml"
MAKER = FOLDER / "prometheus-rule.sh"
DASHBOARD = "deploy/grafana/kustomization.yaml"


def text_of(root, name):
    return (root / name).read_text(encoding="utf-8")


def version_of(root):
    """The version that CMake builds, and the Dockerfile with it: the check docker holds that against the image."""
    return re.search(r"^project\(threadecho VERSION ([0-9.]+)", text_of(root, "CMakeLists.txt"), re.M).group(1)


def user_of(root):
    return tuple(int(part) for part in re.search(r"^USER (\d+):(\d+)$", text_of(root, "Dockerfile"), re.M).groups())


def image_of(root):
    """As docker-compose.yml builds and calls it."""
    return re.search(r"THREADECHO_IMAGE:-([^}]+)\}", text_of(root, "docker-compose.yml")).group(1)


def settings_of(root):
    return set(re.findall(r"^# ([A-Z_]+)=", text_of(root, ".env.example"), re.M))


def watch_settings_of(root):
    """Variables of `threadecho watch`, from its page's table of options."""
    return set(re.findall(r"^\| [^|]* \| `(WATCH_[A-Z_]+)` \|", text_of(root, WATCH), re.M))


def version_complaints(root):
    version = version_of(root)
    component = yaml.safe_load(text_of(root, VERSION))
    if component["images"] != [{"name": "threadecho", "newTag": version}]:
        yield f"{VERSION} does not name the image threadecho:{version}"
    if component["labels"][0]["pairs"]["app.kubernetes.io/version"] != version:
        yield f"{VERSION} has another label than the version {version}"
    if image_of(root) != f"threadecho:{version}":
        yield f"docker-compose.yml builds {image_of(root)} and not threadecho:{version}"
    for path in sorted((root / FOLDER).glob("**/*.yaml")):
        if path != root / VERSION and version in path.read_text(encoding="utf-8"):
            yield f"{path.relative_to(root)} says {version}, as only {VERSION} should"


def rule_complaints(root):
    made = subprocess.run([root / MAKER], capture_output=True, text=True, timeout=60, check=True).stdout
    if made != text_of(root, RULE):
        yield f"{RULE} is not what {MAKER} makes of deploy/prometheus: run it again"


def dashboard_complaints(root):
    generated = yaml.safe_load(text_of(root, DASHBOARD))["configMapGenerator"]
    there = sorted(f"dashboards/{path.name}" for path in (root / DASHBOARD).parent.glob("dashboards/*.json"))
    if sorted(name for one in generated for name in one["files"]) != there:
        yield f"{DASHBOARD} is not made from the dashboards"
    if any(one["options"]["labels"].get("grafana_dashboard") != "1" for one in generated):
        yield f"{DASHBOARD}: the sidecar of Grafana does not find it: no label grafana_dashboard"


def complaints(root):
    yield from version_complaints(root)
    yield from rule_complaints(root)
    yield from dashboard_complaints(root)
