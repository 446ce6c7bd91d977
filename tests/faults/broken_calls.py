"""recv(2) and send(2) fail: that connection ends for the right reason, and no other client is affected."""

import contextlib

import traffic
from cases import BLOCKING_POOL, PER_CONNECTION, POOL, case
from exchange import Exchange
from injection import injected
from judges import moved, must, same_bytes
from programs import eventually
from server import ACCEPTED, closed

KIB = 1 << 10
REASONS = {"ECONNRESET": "client_reset", "ETIMEDOUT": "peer_timeout", "EHOSTUNREACH": "peer_timeout",
           "ENETUNREACH": "peer_timeout", "EIO": "error", "ENOMEM": "error"}
OF_SEND = {"EPIPE": "client_reset", "ENOBUFS": "error"}


def fails(call, error, reason):
    """The first such call of the victim's thread fails. In `pool` that thread is everybody's, and waits meanwhile. A
    recv that has begun is interrupted by the tracer, and begins again: it fails without a word from the client."""
    def run(ground):
        server = ground.serve(POOL_THREADS="4" if ground.model == BLOCKING_POOL else "1")
        before = server.counters()
        victim, *others = traffic.hold(server, 4)
        thread = server.thread("echo-1" if ground.model == PER_CONNECTION else "pool-0")
        if ground.model == BLOCKING_POOL:
            thread = server.thread_of_connection(1)
        with injected(ground, server, f"{call}:error={error}:when=1", [thread]) as injection:
            with contextlib.suppress(ConnectionError):
                if call != "recvfrom" or ground.model == POOL:
                    victim.sendall(b"hello")
                assert victim.recv(1) == b"", "something came back"
            eventually("the connection has ended", lambda: server.metric("threadecho_connections_active") == 3)
            assert all(traffic.echoed(other) for other in others)
            assert injection.injected() == 1
        for one in (victim, *others):
            one.close()
        traffic.until_alone(server)
        must(moved(before, server.counters(), {ACCEPTED: 4, closed(reason): 1, closed("client_closed"): 3}))
        return f"closed as {reason}, 3 others went on"
    return run


for errno_name, why in REASONS.items():
    case(f"recv_that_fails_with_{errno_name}_ends_its_connection_alone_as_{why}")(fails("recvfrom", errno_name, why))
for errno_name, why in {**REASONS, **OF_SEND}.items():
    case(f"send_that_fails_with_{errno_name}_ends_its_connection_alone_as_{why}")(fails("sendto", errno_name, why))


def every_other_fails(call):
    def run(ground):
        server = ground.serve()
        before = server.counters()
        with injected(ground, server, f"{call}:error=EINTR:when=1+2") as injection:
            exchanges = [Exchange(traffic.connect(server), 512 * KIB, seed=seed) for seed in range(3)]
            for exchange in exchanges:
                exchange.finished()
            count = injection.injected()
        for exchange in exchanges:
            must(same_bytes(exchange.sent, exchange.received), [str(exchange.failure)] if exchange.failure else [])
        traffic.until_alone(server)
        must(moved(before, server.counters(), {ACCEPTED: 3, closed("client_closed"): 3}))
        assert count > 3, count
        return f"1.5 MiB exact over {count} calls that failed"
    return run


for what in ("recvfrom", "sendto"):
    case(f"every_other_{what}_that_is_interrupted_loses_no_byte")(every_other_fails(what))
