"""The objects that the manifests are: as kubectl renders them, or, without it, as the files hold them."""

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import yaml

FOLDER = Path("deploy/kubernetes")
# 1.24 has kustomize 4.5.4, the first with labels in templates and not in selectors.
OLDEST_KUBECTL = (1, 24)
OWN = ("base", "minimal", "dev", "production", "mesh")  # what has settings of its own, but for the port of a component
JOBS = ("smoke-test", "rollout-watch", "load")
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the one in C is ten times as fast, where it is
CLIENT_VERSION = re.compile(r'GitVersion:"v(\d+)\.(\d+)|Client Version: v(\d+)\.(\d+)')


class Refused(Exception):
    """kubectl does not take the manifests."""


@dataclass(frozen=True)
class Rendering:
    """What one `kubectl apply -k` would apply."""
    name: str
    objects: tuple
    rendered: bool  # by kubectl; else image tags and names with hashes are not there yet

    @property
    def is_job(self):
        return all(thing["kind"] == "Job" for thing in self.objects)

    def of_kind(self, *kinds):
        return [thing for thing in self.objects if thing["kind"] in kinds]


def label_of(thing):
    return f"{thing['kind']} {thing['metadata']['name']}"


def client_version():
    """Of the kubectl that is installed."""
    said = subprocess.run(["kubectl", "version", "--client"], capture_output=True, text=True, timeout=60, check=False)
    found = CLIENT_VERSION.search(said.stdout)
    return tuple(int(number) for number in found.groups() if number) if found else (0, 0)


def why_not_kubectl():
    """Why nothing can be rendered here, or nothing."""
    wanted = ".".join(map(str, OLDEST_KUBECTL))
    if not shutil.which("kubectl"):
        return f"kubectl is not installed; {wanted} or newer renders the manifests"
    version = client_version()
    if version < OLDEST_KUBECTL:
        return f"kubectl {'.'.join(map(str, version))} is too old; {wanted} or newer renders the manifests"
    return ""


def _objects(text):
    return tuple(thing for thing in yaml.load_all(text, LOADER) if thing)


def _folders(root, *names):
    return sorted(path.parent.relative_to(root) for name in names
                  for path in (root / FOLDER / name).glob("**/kustomization.yaml"))


def _rendered(root, folder, name):
    done = subprocess.run(["kubectl", "kustomize", str(folder)], cwd=root, capture_output=True, text=True, timeout=120,
                          check=False)
    if done.returncode != 0 or done.stderr:  # it warns of what the next version refuses
        raise Refused(f"{name}: kubectl kustomize {folder}: {done.stderr.strip()}")
    return Rendering(name, _objects(done.stdout), True)


def _kind(folder):
    return yaml.safe_load((folder / "kustomization.yaml").read_text(encoding="utf-8"))["kind"]


def _changes_the_base(component):
    return "patches" in yaml.safe_load((component / "kustomization.yaml").read_text(encoding="utf-8"))


def _with_base(root, component, base, name, scratch, **more):
    """A component as in an overlay of a user: on top of the base, or of the mesh."""
    scratch.mkdir(parents=True, exist_ok=True)
    up = "../" * len(scratch.relative_to(root).parts)
    (scratch / "kustomization.yaml").write_text(yaml.safe_dump(
        {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization",
         "resources": [f"{up}{FOLDER}/{base}"], "components": [f"{up}{component}", f"{up}{FOLDER}/version"], **more}),
        encoding="utf-8")
    return _rendered(root, scratch.relative_to(root), name)


def renderings(root):
    """base, overlays, Jobs, examples and the mesh by themselves, each component with the base or the mesh."""
    found = [_rendered(root, folder, folder.name) for folder in _folders(root, "base", "overlays", *JOBS)]
    found.append(_rendered(root, FOLDER / "mesh", "mesh"))
    found += [_rendered(root, folder, str(folder.relative_to(FOLDER / "examples")))
              for folder in _folders(root, "examples") if _kind(root / folder) != "Component"]
    for component in _folders(root, "components"):
        if not _changes_the_base(root / component):
            _rendered(root, component, component.name)
        found.append(_with_base(root, component, "base", component.name, root / "build/kubernetes" / component.name))
    for component in _folders(root, "mesh/components"):
        name = f"mesh/{component.name}"
        found.append(_with_base(root, component, "mesh", name, root / "build/kubernetes" / name,
                                namespace="threadecho-mesh"))
    return found


def _settings(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def _in_files(root, settings, *names):
    """What the folders' files hold, and ConfigMaps of the files of settings. Without what a component adds that changes
    other objects too: it may need these changes."""
    objects = []
    for folder in _folders(root, *names):
        if _changes_the_base(root / folder):
            continue
        kustomization = yaml.safe_load((root / folder / "kustomization.yaml").read_text(encoding="utf-8"))
        for name in kustomization.get("resources", []):
            if (root / folder / name).is_file():
                objects += _objects((root / folder / name).read_text(encoding="utf-8"))
    for name, path in settings.items():
        objects.append({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name},
                        "data": _settings(root / FOLDER / path)})
    return tuple(objects)


def sources(root):
    """The objects of base, components, smoke test and mesh as they stand in their files. Overlays are changes to these,
    which only kubectl makes."""
    base = _in_files(root, {"threadecho-settings": "base/settings.env"}, "base", "components")
    of_mesh = {"threadecho-mesh-settings": "mesh/settings.env", "threadecho-mesh-watch": "mesh/watch.env"}
    mesh = _in_files(root, of_mesh, "mesh")
    job = _objects((root / FOLDER / "smoke-test/job.yaml").read_text(encoding="utf-8"))
    return [Rendering("base and components, not rendered", base, False), Rendering("smoke-test", job, False),
            Rendering("mesh and its components, not rendered", mesh, False)]


def exit_status(found, not_done):
    """Of a check: 1 with complaints; 77, after a line that says why, if something could not be looked at; else 0."""
    if found:
        return 1
    if not_done:
        print("; ".join(not_done))
        return 77
    return 0
