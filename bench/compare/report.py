"""The Markdown page of a run."""

import statistics

import ratios
from workloads import HOLD_ROUNDS, WORKLOADS

COLUMNS = {  # figure: (head of its column, digits)
    "rate": (None, 0),
    "cpu_us_per_message": ("CPU, us/message", 2),
    "switches_per_message": ("switches/message", 3),
    "p50_us": ("p50, us", 0),
    "p99_us": ("p99, us", 0),
    "resident_bytes_per_connection": ("RSS, bytes/connection", 0),
    "beside_p50_us": ("8 active beside, p50, us", 0),
    "beside_p99_us": ("p99, us", 0),
    "scraped_p99_us": ("p99 while scraped, us", 0),
    "scrape_cpu_ms": ("CPU of a scrape, ms", 2),
}


def table(head, rows):
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def with_spread(values, digits):
    low, middle, high = ratios.quartiles(values)
    return f"{middle:,.{digits}f} ({low:,.{digits}f} to {high:,.{digits}f})"


def workload_table(workload, servers, samples):
    present = [(server, samples[workload.key, server.key]) for server in servers if (workload.key, server.key) in samples]
    figures = [name for name in COLUMNS if any(name in sample for _, values in present for sample in values)]
    rows = []
    for server, values in present:
        row = [server.label]
        for name in figures:
            numbers = [sample[name] for sample in values if name in sample]
            row.append(with_spread(numbers, COLUMNS[name][1]) if numbers else "")
        rows.append(row)
    head = ["server", *(COLUMNS[name][0] or workload.unit for name in figures)]
    return (f"### {workload.label[0].upper()}{workload.label[1:]}\n\n`threadecho load {' '.join(workload.flags)}`\n\n" +
            table(head, rows))


def verdict_table(samples, labels):
    rows = []
    for verdict in ratios.verdicts(samples):
        target, digits = verdict.target, 2
        sign = "at most" if target.less_is_better else "at least"
        rows.append([labels[target.subject], verdict.row, target.figure.replace("_", " "),
                     labels[verdict.peer] if verdict.peer else "", f"{sign} {target.bound:g}",
                     f"{verdict.ratio:.{digits}f} ({verdict.low:.{digits}f} to {verdict.high:.{digits}f})", verdict.word])
    return table(["server", "workload", "figure", "against", "is to be", "is", ""], rows)


def page(run, servers, samples, picture):
    labels = {server.key: server.label for server in servers}
    machine = "\n".join(f"- {name.replace('_', ' ')}: {value}" for name, value in run["machine"].items() if value)
    left_out = "".join(f"- Left out: {text}\n" for text in run["left_out"])
    failed = "".join(f"- Failed: {text}\n" for text in run["failed"])
    tables = "\n".join(workload_table(workload, servers, samples) for workload in WORKLOADS
                       if any(key == workload.key for key, _ in samples))
    count = statistics.median(map(len, samples.values()))
    return f"""# Speed, {run["finished"]}

![Medians of all servers in all workloads]({picture})

Made by `{run["command"]}`: {count:g} rounds, in each of which every server ran every workload for {run["seconds"]:g} s, in random
order; a fresh process for each. Idle connections were held in the first {HOLD_ROUNDS} rounds. Revision {run["revision"]}. All
servers were put under load by `threadecho load` on the same cores, with a 64 KiB buffer and TCP_NODELAY each. threadecho is
one and the same release build, all metrics on, LOG_LEVEL=info to a file. Figures are medians, with lower and upper quartile.

{machine}
{left_out}{failed}
CPU and context switches are the server's alone, over its life from the start on, spread over its messages (a connection,
in churn; what `threadecho load` reads at once, in bulk).

## What it must show

The ratio of the medians, and the interval in which it lies with 90 % confidence (bootstrap). *Open* means missed by less
than the interval is wide. Without a server to compare it with, the figure itself and its quartiles.

{verdict_table(samples, labels)}
## All figures

{tables}"""
