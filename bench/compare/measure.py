"""One measurement: starts a server, puts a load on it, and reads what it used. A sample is a dictionary of numbers with
their units in the names, and can be written as JSON."""

import json
import subprocess
import time
import urllib.request

from servers import HTTP_THREAD, Running
from workloads import HELD, HOLD

WARMUP = 0.3  # seconds; connections are opened in it
PATIENCE = 120
ACTIVE = 8  # connections with traffic beside those that are held
SCRAPES = 30


class Failed(Exception):
    """The server did not do what was asked: a byte was wrong, a connection lost."""


def load(binary, port, *flags):
    """A run of threadecho load, as its JSON tells it."""
    done = subprocess.run([str(binary), "load", f"127.0.0.1:{port}", "--json", *flags], stdin=subprocess.DEVNULL,
                          capture_output=True, timeout=PATIENCE, check=False)
    return clean(done.stdout, done.stderr)


def clean(output, complaint=b""):
    """The result that a load has printed; it counts only if nothing went wrong."""
    try:
        result = json.loads(output)
    except ValueError:
        raise Failed(complaint.decode(errors="replace").strip() or "the load printed no result") from None
    if not result["clean"]:
        errors = [f"{count} {kind.replace('_', ' ')}" for kind, count in result["errors"].items() if count]
        raise Failed(", ".join(errors) or "the load ended early")
    return result


def milliseconds(seconds):
    return f"{round(seconds * 1000)}ms"


def latencies(result, prefix=""):
    """Those for which there were samples enough."""
    known = {"p50_us": result["latency"]["p50_seconds"], "p99_us": result["latency"]["p99_seconds"]}
    return {prefix + name: seconds * 1e6 for name, seconds in known.items() if seconds is not None}


def traffic(binary, server, workload, seconds, log):
    with Running(server, log) as running:
        cpu, switches = running.cpu_seconds(), running.switches()
        result = load(binary, running.port, *workload.flags, "--warmup", milliseconds(WARMUP), "--duration",
                      milliseconds(seconds))
    if not result["messages"]:
        raise Failed("no message came back in the time measured")
    # The usage covers the server's whole life. This assumes that the warm-up had the measured rate.
    messages = result["messages"] * (1 + WARMUP / result["measured_seconds"])
    usage = running.usage
    rate = result["bytes_per_second"] / 1e6 if workload.unit == "MB/s" else result["messages_per_second"]
    sample = {"rate": rate,
              "cpu_us_per_message": (usage.ru_utime + usage.ru_stime - cpu) * 1e6 / messages,
              "switches_per_message": (usage.ru_nvcsw + usage.ru_nivcsw - switches) / messages}
    return sample | ({} if workload.unit == "MB/s" else latencies(result))


def hold(binary, server, seconds, log):
    """HELD connections that have echoed once and stay silent, and a few active ones beside them."""
    with Running(server, log) as running:
        empty, descriptors = running.resident_bytes(), running.descriptors()
        start = time.monotonic()
        # They stay until the rest is measured: a signal then ends this load.
        holder = subprocess.Popen([str(binary), "load", f"127.0.0.1:{running.port}", *HOLD.flags, "--duration",
                                   "1h", "--timeout", "60s", "--json"],
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        try:
            while running.descriptors() < descriptors + HELD:
                if time.monotonic() > start + PATIENCE or holder.poll() is not None:
                    raise Failed(f"held {running.descriptors() - descriptors} of {HELD} connections")
                time.sleep(0.002)
            opened = time.monotonic() - start
            active = ("--connections", str(ACTIVE), "--warmup", milliseconds(WARMUP), "--duration",
                      milliseconds(seconds))
            load(binary, running.port, *active)  # when it ends, all held connections have had their echo
            resident = running.resident_bytes() - empty
            sample = {"rate": HELD / opened, "resident_bytes_per_connection": resident / HELD}
            sample |= latencies(load(binary, running.port, *active), "beside_")
            if server.ours:
                sample |= scrape(binary, running, active)
            holder.terminate()
            clean(holder.communicate(timeout=PATIENCE)[0])
            return sample
        finally:
            if holder.poll() is None:
                holder.kill()
            holder.wait()
            holder.stdout.close()


def scrape(binary, running, active):
    """The cost of scrapes while all connections are held, and their effect on the active ones."""
    port = running.http_port()

    def once():
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=PATIENCE) as answer:
            answer.read()

    once()
    costs = []
    for _ in range(SCRAPES):
        before = running.thread_cpu_nanoseconds(HTTP_THREAD)
        once()
        costs.append((running.thread_cpu_nanoseconds(HTTP_THREAD) - before) / 1e6)
    scraped = subprocess.Popen([str(binary), "load", f"127.0.0.1:{running.port}", *active, "--json"],
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    count = 0
    while scraped.poll() is None:
        once()
        count += 1
        time.sleep(0.1)
    result = clean(scraped.communicate()[0])
    return {"scrape_cpu_ms": sorted(costs)[SCRAPES // 2], "scrapes_beside": count} | latencies(result, "scraped_")


def sample(binary, server, workload, seconds, log):
    if workload == HOLD:
        return hold(binary, server, seconds, log)
    return traffic(binary, server, workload, seconds, log)
