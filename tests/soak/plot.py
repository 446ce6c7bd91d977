"""Small multiples over time, as SVG: a row for each figure, a column for each server."""

from xml.sax.saxutils import escape

WIDTH, HEIGHT, LEFT, TOP, GAP_X, GAP_Y = 400, 96, 60, 74, 64, 34
INK, SOFT, LINE, DOT = "#1f2328", "#6e7781", "#0969da", "#bc4c00"


def scale(largest):
    """The first of 1, 2, 5, 10, ... that is not less."""
    step = 1
    while True:
        for factor in (1, 2, 5):
            if step * factor >= largest:
                return step * factor
        step *= 10


def text(x, y, words, anchor="start", colour=SOFT, size=11):
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}" fill="{colour}" font-size="{size}">{escape(words)}</text>'


def panel(x, y, title, points, quiet, end):
    """`points` and `quiet` are (seconds, value): a line, and a dot for each time without a client."""
    top = scale(max([value for _, value in points + quiet], default=1) or 1)
    def place(point):
        return x + point[0] / end * WIDTH, y + HEIGHT - point[1] / top * HEIGHT
    parts = [f'<path d="M{x} {y}V{y + HEIGHT}H{x + WIDTH}" fill="none" stroke="{SOFT}" stroke-width="0.7"/>',
             text(x, y - 6, title, colour=INK, size=12), text(x - 5, y + 4, f"{top:,}", "end"),
             text(x - 5, y + HEIGHT + 4, "0", "end")]
    if points:
        line = " ".join(f"{px:.1f},{py:.1f}" for px, py in map(place, points))
        parts.append(f'<polyline points="{line}" fill="none" stroke="{LINE}" stroke-width="1"/>')
    for point in quiet:
        px, py = place(point)
        parts.append(f'<circle cx="{px:.1f}" cy="{py:.1f}" r="2.4" fill="{DOT}"><title>{point[1]:g}</title></circle>')
    return parts


def draw(title, columns, end):
    """`columns`: {server: {figure: (points, quiet)}}."""
    rows = max(len(figures) for figures in columns.values())
    width = LEFT + len(columns) * (WIDTH + GAP_X)
    height = TOP + rows * (HEIGHT + GAP_Y) + 14
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
             'font-family="system-ui, sans-serif">', f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
             text(LEFT, 22, title, colour=INK, size=15),
             text(LEFT, 40, "Dots: between two rounds of traffic, when no client was connected.", size=12)]
    for column, (name, figures) in enumerate(columns.items()):
        x = LEFT + column * (WIDTH + GAP_X)
        for row, (figure, (points, quiet)) in enumerate(figures.items()):
            parts += panel(x, TOP + row * (HEIGHT + GAP_Y), f"{name}: {figure}", points, quiet, end)
        for share in (0, 0.5, 1):
            anchor = {0: "start", 0.5: "middle", 1: "end"}[share]
            minutes = f"{end * share / 60:.1f}".rstrip("0").rstrip(".")
            parts.append(text(x + share * WIDTH, height - 22, f"{minutes} min", anchor))
    return "\n".join([*parts, "</svg>", ""])
