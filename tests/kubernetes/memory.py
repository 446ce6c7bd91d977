"""What a pod may need at most, from its settings. docs/kubernetes.md shows the same sum; bench/memory measured it."""

import re

from pods import bytes_in, is_watcher, pods_of, settings_of

PAGE = "docs/kubernetes.md"
KIB = 1024
MIB = 1024 * KIB

# Of a client, whatever it does.
THREAD_KERNEL = 23 * KIB    # stack of 16 KiB, its descriptor, page tables, mappings
SOCKET_KERNEL = 5 * KIB     # socket, file, descriptor
THREAD_STACK = 12 * KIB     # touched pages beside the buffer
HEAP = 8 * KIB              # the connection, and what logging leaves a thread with
# Of a client that sends and never reads: a full send queue and a full receive queue. setsockopt doubles what it is
# told, socket(7), and each queue may exceed that by a packet.
QUEUES = 4
BEYOND = 64 * KIB
# Of the process: its own pages, those of its files, HTTP clients, refused clients.
PROCESS = 32 * MIB

SIZES = ("BUFFER_SIZE", "SOCKET_BUFFER_SIZE")
DEFAULTS = {"MAX_CONNECTIONS": "10000", "BUFFER_SIZE": "64KiB", "THREAD_MODEL": "per-connection", "POOL_THREADS": "2"}


def per_client(settings):
    """Bytes that a client can take; nothing where nothing bounds it."""
    if "SOCKET_BUFFER_SIZE" not in settings:
        return None
    settings = {**DEFAULTS, **settings}
    buffers = QUEUES * bytes_in(settings["SOCKET_BUFFER_SIZE"]) + BEYOND + bytes_in(settings["BUFFER_SIZE"])
    threads = THREAD_KERNEL + THREAD_STACK if settings["THREAD_MODEL"] == "per-connection" else 0
    return SOCKET_KERNEL + HEAP + threads + buffers


def needed(settings):
    client = per_client(settings)
    return client and PROCESS + int({**DEFAULTS, **settings}["MAX_CONNECTIONS"]) * client


def page_complaints(root, rendering):
    """The page's table says the same of the base and each overlay."""
    settings = settings_of(rendering)
    resources = pods_of(rendering)[0].containers[0].get("resources", {})
    cells = [f"`?{rendering.name}`?",
             *(settings.get(name, "").replace("KiB", " KiB") for name in ("MAX_CONNECTIONS", *SIZES)),
             f"{(per_client(settings) or 0) // KIB} KiB", f"{-(-(needed(settings) or 0) // MIB)} MiB",
             resources.get("limits", {}).get("memory", "")]
    if not re.search(rf"^\| {' [|] '.join(cells)} \|$", (root / PAGE).read_text(encoding="utf-8"), re.MULTILINE):
        yield f"{PAGE}: what is said of {rendering.name} is not {', '.join(cells[1:])}"


def complaints(pod, settings):
    most = needed(settings)
    if most is None:
        yield f"{pod.where}: SOCKET_BUFFER_SIZE is not set, so nothing bounds the pod's memory"
        return
    for container in pod.containers:
        if is_watcher(container):
            continue
        limit = container.get("resources", {}).get("limits", {}).get("memory", "0")
        if bytes_in(limit) < most:
            yield (f"{pod.where}: container {container['name']}: the memory limit {limit} is less than "
                   f"{-(-most // MIB)}Mi, which {settings['MAX_CONNECTIONS']} clients can take")
