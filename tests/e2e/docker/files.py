#!/usr/bin/env python3
"""files.py ROOT: docker-compose.yml, Dockerfile and .env.example agree with each other and with the tree."""

import re
import sys
from pathlib import Path

import yaml

# Settings that the stack itself sets: ports inside are fixed, and published ports have variables of their own.
FIXED = {"PORT", "BIND_ADDRESS", "HTTP_PORT", "HTTP_BIND_ADDRESS", "ENV_FILE"}


def target_complaints(root, services, profile):
    """Each server and watcher of the profile is a target under its name, and nothing else is one."""
    ports = {name: 8081 if service.get("command", [])[:1] == ["watch"] else 8080 for name, service in services.items()
             if service.get("profiles") == [profile] and service.get("command", ["serve"])[0] in ("serve", "watch")}
    targets = yaml.safe_load((root / f"deploy/prometheus/{profile}.targets.yml").read_text(encoding="utf-8"))
    for name in sorted(ports.keys() ^ {target["labels"]["instance"] for target in targets}):
        yield f"{name} is {'no target of Prometheus' if name in ports else f'no server of the profile {profile}'}"
    for target in targets:
        labels, name = target["labels"], target["labels"]["instance"]
        if target["targets"] != [f"{name}:{ports.get(name, 8080)}"]:
            yield f"the target {target['targets']} is called {name}"
        if "watcher_node" in labels:
            if labels["watcher_node"] != services.get(name, {}).get("environment", {}).get("NODE_NAME"):
                yield f"{name} is not on the node {labels['watcher_node']}"
        signs = {"watcher_node" in labels, labels.get("job") == "threadecho-watch", ports.get(name) == 8081}
        if len(signs) > 1:
            yield f"{name} is not both in the job threadecho-watch and named by its node"


def complaints(root):
    text = {name: (root / name).read_text(encoding="utf-8")
            for name in ("docker-compose.yml", "Dockerfile", ".env.example", "CMakeLists.txt")}
    compose = yaml.safe_load(text["docker-compose.yml"])
    services = compose["services"]

    version = re.search(r"^project\(threadecho VERSION ([0-9.]+)", text["CMakeLists.txt"], re.M).group(1)
    if f"\nARG VERSION={version}\n" not in text["Dockerfile"]:
        yield f"Dockerfile does not say VERSION={version}"
    if services["threadecho"]["image"] != f"${{THREADECHO_IMAGE:-threadecho:{version}}}":
        yield f"docker-compose.yml does not name the image threadecho:{version}"

    settings = set(re.findall(r"^# ([A-Z_]+)=", text[".env.example"], re.M)) - FIXED
    passed = {entry.split("=")[0] for entry in services["threadecho"]["environment"]}
    for name in sorted(settings ^ passed):
        yield f"{name} is {'not passed on by docker-compose.yml' if name in settings else 'not a setting'}"

    documented = dict(re.findall(r"^#   ([A-Z_]+)=(\S*)", text[".env.example"], re.M))
    used = dict(re.findall(r"\$\{([A-Z_]+):-([^}]*)\}", text["docker-compose.yml"]))
    used.pop("LOG_FORMAT")
    for name in sorted(documented.keys() | used.keys()):
        if documented.get(name) != used.get(name):
            yield f"{name}: {used.get(name)} in docker-compose.yml, {documented.get(name)} in .env.example"

    for profile in ("lesson", "mesh"):
        yield from target_complaints(root, services, profile)

    for name, service in services.items():
        if not re.search(r":v?\d+\.\d+\.\d+\}?$", service["image"]):
            yield f"the image of {name} is not pinned: {service['image']}"
        for port in service.get("ports", []):
            if ":-127.0.0.1:" not in port and not port.endswith(":9000"):
                yield f"{name} is published beyond loopback: {port}"
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            if source.startswith("./"):
                options = volume.split(":")[2:]
                if options == ["ro"]:
                    yield f"{volume} has no option z, without which SELinux lets {name} read nothing"
                elif options != ["ro,z"]:
                    yield f"{volume} is not mounted read-only"
                if not (root / source).is_dir() or not any((root / source).iterdir()):
                    yield f"{source}, which {name} mounts, is not here"
            elif source not in compose["volumes"]:
                yield f"there is no volume {source}"


if __name__ == "__main__":
    found = list(complaints(Path(sys.argv[1])))
    for complaint in found:
        print(complaint)
    sys.exit(1 if found else 0)
