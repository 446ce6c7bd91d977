"""The picture of a run: for every workload a bar for each server, and its spread."""

import matplotlib

matplotlib.use("agg")  # no display
import matplotlib.pyplot as plt  # noqa: E402  (after the choice above)

import ratios
from workloads import WORKLOADS

COLUMNS = 3
OURS, PEER = "#1f6feb", "#b7bec8"
MEMORY = "resident_bytes_per_connection"


def panels(samples):
    """(title, figure, row) of each panel that has samples."""
    rows = [(f"{workload.label}\n{workload.unit}", "rate", workload.key) for workload in WORKLOADS]
    rows += [(f"{WORKLOADS[-1].label}\nRSS, KiB a connection: less is better", MEMORY, WORKLOADS[-1].key)]
    return [panel for panel in rows if any(key == panel[2] for key, _ in samples)]


def draw_panel(axes, panel, servers, samples):
    title, figure, row = panel
    shown = [server for server in servers if (row, server.key) in samples]
    scale = 1024 if figure == MEMORY else 1
    for place, server in enumerate(shown):
        values = [sample[figure] / scale for sample in samples[row, server.key]]
        low, middle, high = ratios.quartiles(values)
        axes.barh(place, middle, color=OURS if server.ours else PEER, height=0.75)
        axes.plot([low, high], [place, place], color="#24292f", linewidth=1.2)
        text = f"{middle:,.1f}" if middle < 100 else f"{middle:,.0f}"
        axes.annotate(text, (max(middle, high), place), xytext=(4, 0), textcoords="offset points", va="center",
                      fontsize=7)
    axes.set_yticks(range(len(shown)), [server.label for server in shown], fontsize=7)
    axes.invert_yaxis()
    axes.set_title(title, fontsize=9, loc="left")
    axes.margins(x=0.18)
    axes.tick_params(axis="x", labelsize=7)
    axes.xaxis.set_major_formatter(matplotlib.ticker.EngFormatter())
    axes.xaxis.set_major_locator(matplotlib.ticker.MaxNLocator(4))
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def draw(path, servers, samples, caption):
    shown = panels(samples)
    rows = -(-len(shown) // COLUMNS)
    figure, grid = plt.subplots(rows, COLUMNS, figsize=(5.4 * COLUMNS, 0.6 + 2.9 * rows), squeeze=False,
                                layout="constrained")
    for axes, panel in zip(grid.flat, shown):
        draw_panel(axes, panel, servers, samples)
    for axes in list(grid.flat)[len(shown):]:
        axes.axis("off")
    figure.suptitle(caption, fontsize=9, x=0.01, ha="left")
    figure.savefig(path, dpi=80)
    plt.close(figure)
