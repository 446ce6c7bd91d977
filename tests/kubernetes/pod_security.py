"""Pod Security Standards, level restricted, field by field, as the documentation of Kubernetes lists them; and what we
want beyond it. https://kubernetes.io/docs/concepts/security/pod-security-standards/"""

VOLUMES = {"configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret"}
SECCOMP = {"RuntimeDefault", "Localhost"}
SAFE_SYSCTLS = {"kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.ip_unprivileged_port_start",
                "net.ipv4.tcp_syncookies", "net.ipv4.ping_group_range", "net.ipv4.ip_local_reserved_ports",
                "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl",
                "net.ipv4.tcp_keepalive_probes"}
SELINUX_TYPES = {None, "", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"}
APPARMOR = {None, "RuntimeDefault", "Localhost"}


def _both_levels(context, where):
    """What may stand at the pod as well as at a container."""
    options = context.get("seLinuxOptions", {})
    if options.get("type") not in SELINUX_TYPES or options.get("user") or options.get("role"):
        yield f"{where}: seLinuxOptions"
    if context.get("appArmorProfile", {}).get("type") not in APPARMOR:
        yield f"{where}: appArmorProfile"
    if context.get("seccompProfile", {}).get("type", "RuntimeDefault") not in SECCOMP:
        yield f"{where}: seccompProfile"
    if context.get("windowsOptions", {}).get("hostProcess"):
        yield f"{where}: windowsOptions.hostProcess"
    if context.get("runAsNonRoot", True) is not True:
        yield f"{where}: runAsNonRoot is not true"
    if context.get("runAsUser", 1) == 0:
        yield f"{where}: runAsUser is 0"


def _pod(pod):
    spec = pod.spec
    for field in ("hostNetwork", "hostPID", "hostIPC"):
        if spec.get(field):
            yield f"{pod.where}: {field}"
    for volume in spec.get("volumes", []):
        if not VOLUMES.intersection(volume):
            yield f"{pod.where}: volume {volume['name']} is of a forbidden type"
    for sysctl in spec.get("securityContext", {}).get("sysctls", []):
        if sysctl["name"] not in SAFE_SYSCTLS:
            yield f"{pod.where}: sysctl {sysctl['name']}"
    for name in pod.template["metadata"].get("annotations", {}):
        if name.startswith(("container.apparmor.security.beta", "seccomp.security.alpha",
                            "container.seccomp.security.alpha")):
            yield f"{pod.where}: annotation {name}"
    yield from _both_levels(spec.get("securityContext", {}), pod.where)


def _container(pod, container):
    where = f"{pod.where}: container {container['name']}"
    context = container.get("securityContext", {})
    pods = pod.spec.get("securityContext", {})
    capabilities = context.get("capabilities", {})
    if context.get("privileged"):
        yield f"{where}: privileged"
    if context.get("allowPrivilegeEscalation") is not False:
        yield f"{where}: allowPrivilegeEscalation is not false"
    if "ALL" not in capabilities.get("drop", []):
        yield f"{where}: does not drop ALL capabilities"
    if set(capabilities.get("add", [])) - {"NET_BIND_SERVICE"}:
        yield f"{where}: adds capabilities"
    if context.get("procMount", "Default") != "Default":
        yield f"{where}: procMount"
    for field in ("runAsNonRoot", "seccompProfile"):
        if field not in {**pods, **context}:
            yield f"{where}: no {field}, nor has its pod"
    for port in container.get("ports", []):
        if port.get("hostPort"):
            yield f"{where}: hostPort"
    for handler in [*container.get("lifecycle", {}).values(),
                    *(container.get(probe, {}) for probe in ("livenessProbe", "readinessProbe", "startupProbe"))]:
        if any(handler.get(kind, {}).get("host") for kind in ("httpGet", "tcpSocket")):
            yield f"{where}: a probe or hook names a host"
    yield from _both_levels(context, where)


def _beyond(pod, container, user):
    """What the image makes possible: a numeric user, which runAsNonRoot can be checked with, and a read-only root."""
    where = f"{pod.where}: container {container['name']}"
    context = {**pod.spec.get("securityContext", {}), **container.get("securityContext", {})}
    if (context.get("runAsUser"), context.get("runAsGroup")) != user:
        yield f"{where}: user and group are not {user[0]}:{user[1]}, as the image's are"
    if context.get("readOnlyRootFilesystem") is not True:
        yield f"{where}: readOnlyRootFilesystem is not true"
    if context.get("seccompProfile", {}).get("type") != "RuntimeDefault":
        yield f"{where}: seccompProfile is not RuntimeDefault"
    if context.get("capabilities", {}).get("add"):
        yield f"{where}: needs no capabilities, and adds some"


def complaints(pod, user):
    yield from _pod(pod)
    for container in pod.containers:
        yield from _container(pod, container)
        yield from _beyond(pod, container, user)
