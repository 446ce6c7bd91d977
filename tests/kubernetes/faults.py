#!/usr/bin/env python3
"""faults.py ROOT: our own pod, which Pod Security restricted must accept, is given each thing that it forbids, one at a
time, which must be noticed. At the pod, at its container, and at a container that starts before it."""

import copy
import sys
from pathlib import Path

import pod_security
import rendering
from pods import Pod, pods_of

USER = (65532, 65532)
PROBE = {"httpGet": {"path": "/", "port": 1, "host": "example.com"}}

AT_THE_POD = [  # what is written over the pod's spec, and what must be said
    ({"hostNetwork": True}, "hostNetwork"),
    ({"hostPID": True}, "hostPID"),
    ({"hostIPC": True}, "hostIPC"),
    *(({"volumes": [{"name": "some", kind: {}}]}, "volume some") for kind in ("hostPath", "nfs", "iscsi", "fc", "rbd")),
    ({"securityContext": {"sysctls": [{"name": "kernel.msgmax", "value": "1"}]}}, "sysctl kernel.msgmax"),
]
AT_EITHER = [  # what is written over a security context
    ({"runAsNonRoot": False}, "runAsNonRoot is not true"),
    ({"runAsUser": 0}, "runAsUser is 0"),
    ({"seccompProfile": {"type": "Unconfined"}}, "seccompProfile"),
    ({"appArmorProfile": {"type": "Unconfined"}}, "appArmorProfile"),
    ({"seLinuxOptions": {"type": "spc_t"}}, "seLinuxOptions"),
    ({"seLinuxOptions": {"user": "root"}}, "seLinuxOptions"),
    ({"seLinuxOptions": {"role": "sysadm_r"}}, "seLinuxOptions"),
    ({"windowsOptions": {"hostProcess": True}}, "windowsOptions.hostProcess"),
]
AT_A_CONTAINER = [  # what is written over a container
    ({"securityContext": {"privileged": True}}, "privileged"),
    ({"securityContext": {"allowPrivilegeEscalation": True}}, "allowPrivilegeEscalation is not false"),
    ({"securityContext": {"allowPrivilegeEscalation": None}}, "allowPrivilegeEscalation is not false"),
    ({"securityContext": {"capabilities": {"drop": []}}}, "does not drop ALL"),
    ({"securityContext": {"capabilities": {"drop": ["ALL"], "add": ["NET_ADMIN"]}}}, "adds capabilities"),
    ({"securityContext": {"procMount": "Unmasked"}}, "procMount"),
    ({"securityContext": {"readOnlyRootFilesystem": False}}, "readOnlyRootFilesystem"),
    ({"ports": [{"containerPort": 1, "hostPort": 1}]}, "hostPort"),
    ({"livenessProbe": PROBE}, "names a host"),
    ({"lifecycle": {"postStart": PROBE}}, "names a host"),
]
ANNOTATIONS = ("container.apparmor.security.beta.kubernetes.io/threadecho", "seccomp.security.alpha.kubernetes.io/pod",
               "container.seccomp.security.alpha.kubernetes.io/threadecho")


def over(node, change):
    """A copy with the change merged in, objects into objects."""
    if not isinstance(node, dict) or not isinstance(change, dict):
        return copy.deepcopy(change)
    return {**copy.deepcopy(node), **{key: over(node.get(key), value) for key, value in change.items()}}


def with_container(pod, change):
    return over(pod.template, {"spec": {"containers": [over(pod.spec["containers"][0], change)]}})


def before_it(pod, change):
    first = over(pod.spec["containers"][0], {**change, "name": "init"})
    return over(pod.template, {"spec": {"initContainers": [first]}})


def faults(pod):
    for change, text in AT_THE_POD:
        yield text, over(pod.template, {"spec": change})
    for change, text in AT_EITHER:
        yield text, over(pod.template, {"spec": {"securityContext": change}})
        yield text, with_container(pod, {"securityContext": change})
    for change, text in AT_A_CONTAINER:
        yield text, with_container(pod, change)
        yield "container init", before_it(pod, change)
    for name in ANNOTATIONS:
        yield name, over(pod.template, {"metadata": {"annotations": {name: "unconfined"}}})
    for field in ("runAsNonRoot", "seccompProfile"):
        bare = with_container(pod, {"securityContext": {}})
        for context in (bare["spec"]["securityContext"], bare["spec"]["containers"][0]["securityContext"]):
            context.pop(field, None)
        yield f"no {field}", bare


def main():
    base = rendering.sources(Path(sys.argv[1]))[0]
    pod = pods_of(base)[0]
    assert not list(pod_security.complaints(pod, USER)), list(pod_security.complaints(pod, USER))
    count = 0
    for text, template in faults(pod):
        found = list(pod_security.complaints(Pod(pod.owner, template), USER))
        assert any(text in complaint for complaint in found), f"not noticed: {text}; found {found}"
        count += 1
    print(f"{count} faults were noticed")


if __name__ == "__main__":
    main()
