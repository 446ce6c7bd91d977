"""What the chart does with values: bad ones get one clear error, settings start a rollout, two releases keep apart."""

import re

from chart import EVERYTHING, helm, rendered
from pods import pods_of, settings_of
from references import selectors_of
from rendering import label_of
from workload import CHECKSUM

BAD = [  # what is set, and what the one error must name
    ("replicaCount=3", "replicaCount"),
    ("settings.MAX_CONNECTION=5", "MAX_CONNECTION"),
    ("settings.MAX_CONNECTIONS=many", "settings.MAX_CONNECTIONS"),
    ("settings.MAX_CONNECTIONS=0", "settings.MAX_CONNECTIONS"),
    ("settings.THREAD_MODEL=fast", "settings.THREAD_MODEL"),
    ("settings.PORT=8080", "settings.PORT and settings.HTTP_PORT are both 8080"),
    ("settings.IDENTITY_PORT=9000", "settings.PORT and settings.IDENTITY_PORT are both 9000"),
    ("settings.PROXY_PORT=1,settings.IDENTITY_PORT=1", "settings.PROXY_PORT and settings.IDENTITY_PORT are both 1"),
    ("settings.PROXY_PORT=on", "settings.PROXY_PORT"),
    ("settings.PROXY_PORT=65536", "settings.PROXY_PORT"),
    ("settings.IDLE_TIMEOUT=30", "settings.IDLE_TIMEOUT"),
    ("settings.IDLE_TIMEOUT=soon", "settings.IDLE_TIMEOUT"),
    ("settings.DRAIN_TIMEOUT=020s", "settings.DRAIN_TIMEOUT"),
    ("settings.SOCKET_BUFFER_SIZE=64KB/s", "settings.SOCKET_BUFFER_SIZE"),
    ("settings.PORT=0", "settings.PORT"),
    ("settings.PORT=null", "PORT"),
    ("service.type=LoadBalancer", "type"),
    ("external.externalTrafficPolicy=local", "external.externalTrafficPolicy"),
    ("maxSurge=0", "maxSurge"),
    ("maxSurge=null", "maxSurge"),
    ("ipFamilies={IPv6,IPv6}", "ipFamilies"),
    ("disruptionBudget.maxUnavailable=0", "disruptionBudget.maxUnavailable"),
    ("disruptionBudget.maxUnavailable=0%", "disruptionBudget.maxUnavailable"),
    ("image.pullPolicy=always", "image.pullPolicy"),
    ("image.digest=abc", "image.digest"),
    ("imagePullSecrets[0]=mine", "imagePullSecrets.0"),
    ("runAsUser=0", "runAsUser"),
    ("resources.limits.memory=lots", "resources.limits.memory"),
    ("networkPolicy.monitoring[0].namespace=monitoring", "namespace"),
    ("autoscaling.connectionsPercent=0", "autoscaling.connectionsPercent"),
    ("autoscaling.connectionsPercent=101", "autoscaling.connectionsPercent"),
    ("settings.DRAIN_TIMEOUT=24s", "terminationGracePeriodSeconds is 30, but must be more than DRAIN_DELAY (5s) and "
                                   "DRAIN_TIMEOUT (24s) and 1 s together"),
    ("settings.DRAIN_DELAY=1min30s", "DRAIN_DELAY (1min30s)"),
    ("replicas=2,autoscaling.enabled=true", "replicas must be null while autoscaling.enabled is true"),
    ("autoscaling.enabled=true,autoscaling.maxReplicas=2", "autoscaling.minReplicas (3) is more than"),
    (r"podLabels.app\.kubernetes\.io/name=other", "label app.kubernetes.io/name"),
]
BAD_STRINGS = [  # settings in quotes, which --set-string makes
    ("MAX_CONNECTIONS", "0"),
    ("MAX_CONNECTIONS", "0500"),
    ("MAX_CONNECTIONS", "41943040"),
    ("MAX_CONNECTIONS_PER_CLIENT", "00"),
    ("POOL_THREADS", "0"),
    ("POOL_THREADS", "99999"),
    ("LISTEN_BACKLOG", "0"),
]
BAD_RELEASES = ["7up", "one.two"]
EMPTY = ["labels=null", "podAnnotations=null", "podLabels=null", "ipFamilyPolicy=null"]
LONGEST_RELEASE, LONGEST_NAME = 53, 63
SCHEMA_ERROR = re.compile(r"^- ", re.M)
GOOD = [  # what a values file sets, and the setting as the pod then gets it
    ("MAX_CONNECTIONS", "2000000", "2000000"),
    ("MAX_CONNECTIONS", '"2000"', "2000"),
    ("DRAIN_TIMEOUT", '"23s"', "23s"),
    ("SOCKET_BUFFER_SIZE", "1048576", "1048576"),
    ("LOG_LEVEL", "false", "off"),  # off and on without quotes
    ("READY_DURING_DRAIN_DELAY", "true", "on"),
    ("FAULTS", "true", "on"),
]
TARGETS = {1: "10m", 65: "650m", 100: "1"}  # connectionsPercent, and what the autoscaler aims at


def _refusal_complaints(root, what, text, *arguments, release="threadecho"):
    done = helm(root, "template", *arguments, release=(release,))
    errors = len(SCHEMA_ERROR.findall(done.stderr)) or done.stderr.count("execution error")
    if done.returncode == 0:
        yield f"{what} is accepted"
    elif text.replace("/", ".") not in done.stderr.replace("/", ".") or errors != 1:
        yield f"{what}: {errors} errors, expected one with {text!r}: {done.stderr.strip()}"


def bad_value_complaints(root):
    for values, text in BAD:  # Helm 3 writes settings.PORT, Helm 4 /settings/PORT
        yield from _refusal_complaints(root, f"--set {values}", text, "--set", values)
    for name, value in BAD_STRINGS:
        values = f"settings.{name}={value}"
        yield from _refusal_complaints(root, f"--set-string {values}", f"settings.{name}", "--set-string", values)
    for name in BAD_RELEASES:
        text = f"{name}-threadecho is no name for a Service: set fullnameOverride"
        yield from _refusal_complaints(root, f"the release {name}", text, release=name)


def empty_value_complaints(root):
    """null is as good as nothing, and what is refused as a release's name is taken with another name of the objects."""
    for values in EMPTY:
        for thing in rendered(root, values, "--set", values).objects:
            if "ipFamilyPolicy" in thing.get("spec", {}) and values.startswith("ipFamilyPolicy"):
                yield f"--set {values}: {label_of(thing)} has an ipFamilyPolicy"
    for name in BAD_RELEASES:
        rendered(root, name, "--set", "fullnameOverride=echo", release=name)


def target_complaints(root):
    """Percents become thousandths, as the API server writes them."""
    for percent, expected in TARGETS.items():
        values = f"autoscaling.enabled=true,autoscaling.connectionsPercent={percent}"
        for scaler in rendered(root, values, "--set", values).of_kind("HorizontalPodAutoscaler"):
            aim = scaler["spec"]["metrics"][0]["pods"]["target"]["averageValue"]
            if aim != expected:
                yield f"--set {values}: the autoscaler aims at {aim!r}, not at {expected!r}"


def limit_complaints(root):
    """What the API server would refuse."""
    values = "external.enabled=true,external.type=NodePort,external.loadBalancerClass=some," \
             "external.loadBalancerSourceRanges={192.0.2.0/24}"
    for service in rendered(root, values, "--set", values).of_kind("Service"):
        for field in service["spec"].keys() & {"loadBalancerClass", "loadBalancerSourceRanges"}:
            yield f"--set {values}: {label_of(service)} has {field}"


def good_value_complaints(root):
    for name, value, expected in GOOD:
        values = f"settings.{name}={value}"
        found = settings_of(rendered(root, values, "--set-json", values)).get(name)
        if found != expected:
            yield f"settings.{name}: {value} becomes {found!r} in the pod"


def _checksum(root, *arguments):
    return pods_of(rendered(root, "checksum", *arguments))[0].annotations.get(CHECKSUM)


def rollout_complaints(root):
    usual = _checksum(root)
    if _checksum(root, "--set", "settings.IDLE_TIMEOUT=15m") == usual:
        yield "a change of a setting does not change the pods, so no rollout starts"
    if _checksum(root, "--set", "replicas=2") != usual:
        yield "a change of replicas changes the pods, so a rollout starts"


def release_complaints(root):
    """Two releases in one namespace."""
    blue, green = (rendered(root, name, "--set", EVERYTHING, release=name) for name in ("blue", "green"))
    for label in sorted({label_of(thing) for thing in blue.objects} & {label_of(thing) for thing in green.objects}):
        yield f"two releases both have a {label}"
    for thing in blue.objects:
        for field, selector in selectors_of(thing):
            if any(selector.items() <= pod.labels.items() for pod in pods_of(green)):
                yield f"{label_of(thing)}: its {field} selects pods of another release"


def name_complaints(root):
    """The longest name that Helm lets a release have leaves room for what is appended."""
    for thing in rendered(root, "long", "--set", EVERYTHING, release="a" * LONGEST_RELEASE).objects:
        if len(thing["metadata"]["name"]) > LONGEST_NAME:
            yield f"{label_of(thing)}: a name of more than {LONGEST_NAME} characters"


def complaints(root):
    yield from bad_value_complaints(root)
    yield from good_value_complaints(root)
    yield from empty_value_complaints(root)
    yield from target_complaints(root)
    yield from limit_complaints(root)
    yield from rollout_complaints(root)
    yield from release_complaints(root)
    yield from name_complaints(root)
