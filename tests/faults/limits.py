"""Limits of the host, known at the start or reached on the way: the excess is refused and counted, the process
lives."""

import os
import resource
import secrets
import subprocess
import time
from pathlib import Path

import traffic
from cases import PER_CONNECTION, POOL, Skipped, case
from injection import injected
from judges import RELIEF_SECONDS, busy, late, moved, must
from programs import eventually
from server import ACCEPTED, Watch, closed, rejected, series

ROOM, MORE = 5, 15
PAUSE_SECONDS = 1.0
RETRY_SECONDS = 10.0  # after which the server tries whether the system gives threads again


def limit_of(server):
    return int(server.metric("threadecho_connections_limit"))


def crowd(server, count):
    """So many clients that speak at once, as one does that knows of no limit; returns who is served. A client that is
    refused reads an end of file, not a reset."""
    clients = [traffic.connect(server) for _ in range(count)]
    served = []
    for client in clients:
        client.sendall(b"hello")
    for client in clients:
        if client.recv(5) == b"hello":
            served.append(client)
        else:
            client.close()
    return served


def refuses(server, served, reason, count, relieve, bystanders=()):
    """`count` clients come, and `served` of them find room. Then the limit is relieved, and one more is served soon.
    Bystanders were there before."""
    before = server.counters()
    watch = Watch(server)
    clients = crowd(server, count)
    must([] if len(clients) == served else [f"{len(clients)} of {count} clients were served, not {served}"])
    assert server.status("/healthz") == 200 and all(traffic.echoed(one) for one in (*clients, *bystanders))
    used = watch.after(PAUSE_SECONDS)
    relieve(clients)
    relieved = time.monotonic()
    one_more, = traffic.hold(server, 1)
    recovered = time.monotonic() - relieved
    for client in (*clients, one_more, *bystanders):
        client.close()
    traffic.until_alone(server)
    must(busy(*used), late("served again", recovered), moved(before, server.counters(), {
        rejected(reason): count - served, ACCEPTED: served + 1, closed("client_closed"): served + 1 + len(bystanders)}))
    return f"{served} of {count} served, {count - served} refused and counted, {used[0] / used[1]:.1%} CPU"


def keeps(server, limit):
    """So many clients are served, and when one of them has left, one more."""
    def relieve(clients):
        clients.pop().close()
        eventually("there is room", lambda: server.metric("threadecho_connections_active") < limit)
    return refuses(server, limit, "max_connections", limit + MORE, relieve)


@case("a_limit_of_descriptors_at_the_start_is_kept_and_healthz_answers")
def descriptors_at_start(ground):
    workers = {"POOL_THREADS": "2"} if ground.model == POOL else {}  # each has descriptors of its own
    server = ground.serve(options={"prefix": ("prlimit", "--nofile=180:180")}, **workers)
    limit = limit_of(server)
    assert 32 <= limit <= 180 - 128, limit  # less what is kept for HTTP and others
    return keeps(server, limit)


@case("descriptors_that_run_out_on_the_way_are_waited_for_and_cost_no_client")
def descriptors_on_the_way(ground):
    server = ground.serve()
    bystander, = traffic.hold(server, 1)
    before = server.counters()
    usual = resource.prlimit(server.pid, resource.RLIMIT_NOFILE)
    used = max(int(entry) for entry in os.listdir(f"/proc/{server.pid}/fd")) + 1
    resource.prlimit(server.pid, resource.RLIMIT_NOFILE, (used, usual[1]))
    clients = [traffic.connect(server) for _ in range(8)]
    watch = Watch(server)
    cpu = watch.after(PAUSE_SECONDS)
    assert traffic.echoed(bystander)
    resource.prlimit(server.pid, resource.RLIMIT_NOFILE, usual)
    relieved = time.monotonic()
    assert all(traffic.echoed(client) for client in clients)
    recovered = time.monotonic() - relieved
    for client in (*clients, bystander):
        client.close()
    traffic.until_alone(server)
    counter = series("accept_errors", error="EMFILE")
    errors = server.counters()[counter] - before[counter]
    must(busy(*cpu), late("recovered", recovered),
         moved(before, server.counters(), {counter: range(5, 20), ACCEPTED: 8, closed("client_closed"): 9}))
    return f"{errors} errors, {cpu[0] / cpu[1]:.1%} CPU, all served {recovered:.2f} s after"


def unprivileged(ground):
    """Popen's options for a user without any other task: RLIMIT_NPROC counts a user's tasks."""
    if os.geteuid() != 0:
        raise Skipped("only root can become a user without any other task")
    ground.directory.chmod(0o755)
    return {"user": 1_000_000 + secrets.randbelow(1_000_000_000), "group": 65534, "extra_groups": []}


def server_of_a_user(ground):
    """A server, and a function that sets how many tasks its user may have; without a number, as many as usual."""
    user = unprivileged(ground)
    server = ground.serve(options=user)
    usual = resource.prlimit(0, resource.RLIMIT_NPROC)[0]

    def allow(tasks="unlimited" if usual == resource.RLIM_INFINITY else usual):
        # as the same user: root may have lost the right to change another one's limits
        subprocess.run(["prlimit", f"--pid={server.pid}", f"--nproc={tasks}:"], check=True, **user)
    return server, allow


@case("a_limit_of_tasks_at_the_start_is_kept_and_healthz_answers", models=(PER_CONNECTION,))
def tasks_at_start(ground):
    server = ground.serve(options={"prefix": ("prlimit", "--nproc=48:48"), **unprivileged(ground)})
    limit = limit_of(server)
    assert limit == 48 - 32, limit
    return keeps(server, limit)


@case("tasks_of_a_user_that_run_out_on_the_way_refuse_a_client_and_recover", models=(PER_CONNECTION,))
def tasks_on_the_way(ground):
    server, allow = server_of_a_user(ground)
    allow(len(server.threads()) + ROOM)
    return refuses(server, ROOM, "thread_limit", ROOM + MORE, lambda _: allow())


@case("where_tasks_run_out_readiness_and_the_limit_follow_what_was_reached_and_come_back", models=(PER_CONNECTION,),
      lasts=True)
def follows_what_was_reached(ground):
    server, allow = server_of_a_user(ground)
    highest, before, own = limit_of(server), server.counters(), len(server.threads())

    def leave(clients, left):
        for client in clients[left:]:
            client.close()
        eventually("they have left", lambda: len(server.threads()) == own + left)
        return clients[:left]
    allow(own + ROOM)
    clients = crowd(server, ROOM + MORE)
    assert (len(clients), limit_of(server), server.status("/readyz")) == (ROOM, ROOM, 503)
    clients = leave(clients, ROOM - 2)
    assert (limit_of(server), server.status("/readyz")) == (ROOM, 200), "room again below the same limit"
    clients += crowd(server, 2 + MORE)
    assert (len(clients), limit_of(server), server.status("/readyz")) == (ROOM, ROOM, 503)
    time.sleep(PAUSE_SECONDS)
    assert server.status("/readyz") == 503, "no thread, no readiness"
    allow()
    relieved = time.monotonic()
    eventually("the limit is the highest again", lambda: limit_of(server) == highest)
    recovered = time.monotonic() - relieved
    assert server.status("/readyz") == 200
    clients += traffic.hold(server, MORE)
    leave(clients, 0)
    log = server.output()
    lines = [log.count("limit of connections is lowered"), log.count("limit of connections is restored")]
    must(late("the limit is restored", recovered, RETRY_SECONDS + RELIEF_SECONDS),
         [] if lines == [1, 1] else [f"{lines} lines"], moved(before, server.counters(), {
             rejected("thread_limit"): 2 * MORE, ACCEPTED: ROOM + 2 + MORE, closed("client_closed"): ROOM + 2 + MORE}))
    return f"limit {highest}, then {ROOM}, and {highest} again {recovered:.1f} s after relief"


def cgroup_of_tasks(ground):
    """A new cgroup with a limit of tasks, where one may be made: version 1 or 2."""
    for base in ("/sys/fs/cgroup/pids", "/sys/fs/cgroup"):
        group = Path(base) / f"threadecho-faults-{os.getpid()}-{secrets.token_hex(4)}"
        try:
            group.mkdir()
        except OSError:
            continue
        ground.stack.callback(lambda group=group: eventually("the cgroup is empty", lambda: is_removed(group)))
        if (group / "pids.max").exists():
            return group
    raise Skipped("no cgroup with pids.max can be made here")


def is_removed(group):
    try:
        group.rmdir()
    except FileNotFoundError:
        return True
    except OSError:
        return False  # the kernel is still taking the last task out
    return True


@case("tasks_of_a_cgroup_that_run_out_on_the_way_refuse_a_client_and_recover", models=(PER_CONNECTION,))
def tasks_of_a_cgroup(ground):
    group = cgroup_of_tasks(ground)
    server = ground.serve()
    (group / "cgroup.procs").write_text(str(server.pid), encoding="utf-8")
    (group / "pids.max").write_text(str(len(server.threads()) + ROOM), encoding="utf-8")
    return refuses(server, ROOM, "thread_limit", ROOM + MORE,
                   lambda _: (group / "pids.max").write_text("max", encoding="utf-8"))


@case("address_space_that_runs_out_refuses_clients_for_want_of_a_stack_and_recovers", models=(PER_CONNECTION,))
def address_space(ground):
    server = ground.serve()
    bystanders = traffic.hold(server, 2)  # after these the heap has room for a client, but nowhere for its stack
    usual = resource.prlimit(server.pid, resource.RLIMIT_AS)
    pages = int(Path(f"/proc/{server.pid}/statm").read_text(encoding="utf-8").split()[0])
    resource.prlimit(server.pid, resource.RLIMIT_AS, (pages * resource.getpagesize(), usual[1]))

    return refuses(server, 0, "thread_limit", MORE,
                   lambda _: resource.prlimit(server.pid, resource.RLIMIT_AS, usual), bystanders)


@case("memory_that_is_short_from_the_first_client_on_loses_clients_and_not_the_server", models=(PER_CONNECTION,))
def no_memory_at_all(ground):
    """Not even for the acceptor's own heap: there is nothing to keep a client with, so it is reset."""
    server = ground.serve()
    counter = series("accept_errors", error="ENOMEM")
    before = server.counters()
    with injected(ground, server, "mmap:error=ENOMEM", [server.thread("acceptor")]):
        for count in range(MORE):
            with traffic.connect(server) as client:
                eventually("the lack of memory is counted",
                           lambda count=count: server.counters()[counter] > before[counter] + count)
                try:
                    assert client.recv(1) == b""
                except ConnectionResetError:
                    pass
        assert server.status("/healthz") == 200
    client, = traffic.hold(server, 1)
    client.close()
    traffic.until_alone(server)
    must(moved(before, server.counters(), {counter: MORE, ACCEPTED: 1, closed("client_closed"): 1}))
    return f"{MORE} lost and counted"


def no_stack(what):
    def run(ground):
        server = ground.serve()
        bystanders = traffic.hold(server, 2)
        with injected(ground, server, what, [server.thread("acceptor")]) as injection:
            return refuses(server, 0, "thread_limit", MORE, lambda _: injection.lines(), bystanders)
    return run


for call, error in (("mmap", "ENOMEM"), ("clone3", "EAGAIN"), ("clone3", "ENOMEM")):
    case(f"{call}_that_fails_with_{error}_for_a_new_thread_refuses_its_client_and_recovers",
         models=(PER_CONNECTION,))(no_stack(f"{call}:error={error}"))
