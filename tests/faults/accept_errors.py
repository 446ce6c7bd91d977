"""accept(2) fails: counted, waited out without spinning, and over as soon as its cause is."""

import errno
import time

import traffic
from cases import case
from injection import injected
from judges import busy, late, moved, must
from programs import eventually
from server import ACCEPTED, Watch, closed, series

# By the label that counts it. EINTR never comes from a socket that does not block, so it has none of its own.
LABELS = {"EMFILE": "EMFILE", "ENFILE": "ENFILE", "ENOBUFS": "ENOBUFS", "ENOMEM": "ENOMEM",
          "ECONNABORTED": "ECONNABORTED", "EPROTO": "EPROTO", "EPERM": "EPERM", "EINTR": "other"}
LASTS_SECONDS = 1.0


def counted(counter, errors):
    """Exactly so many; and perhaps one more, of another kind: strace that leaves in the middle of a call that it was
    about to fail leaves a call that does not exist (ENOSYS)."""
    other = series("accept_errors", error="other")
    return {counter: range(errors, errors + 2)} if counter == other else {counter: errors, other: range(2)}


def accept_fails(error):
    counter = series("accept_errors", error=LABELS[error])

    def run(ground):
        server = ground.serve()
        bystander, = traffic.hold(server, 1)
        before = server.counters()
        with injected(ground, server, f"accept4:error={error}") as injection:
            client = traffic.connect(server)
            watch = Watch(server)
            used = watch.after(LASTS_SECONDS)
            eventually(f"{error} is counted", lambda: server.counters()[counter] > before[counter])
            assert traffic.echoed(bystander) and server.status("/healthz") == 200
            relieved = time.monotonic()
            injection.relieve()
            assert traffic.echoed(client)
            recovered = time.monotonic() - relieved
            errors = injection.injected()
        for one in (bystander, client):
            one.close()
        traffic.until_alone(server)
        must(busy(*used), late("recovered", recovered),
             moved(before, server.counters(), {ACCEPTED: 1, closed("client_closed"): 2, **counted(counter, errors)}))
        return f"{errors} errors, {used[0] / used[1]:.1%} CPU, back after {recovered:.2f} s"
    return run


for name in LABELS:
    assert hasattr(errno, name)
    case(f"accept_fails_with_{name}_is_counted_waited_out_and_recovers")(accept_fails(name))
