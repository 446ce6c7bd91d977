"""What must hold of every expression, wherever it stands."""

from promql import selectors_of
from subjects import TARGET_LABELS


def complaints(expressions, series):
    """Unknown metrics and labels, and counters that are read as they are."""
    found = []
    for expression in expressions:
        try:
            selectors = selectors_of(expression.text)
        except ValueError as error:
            found.append(f"{expression.where}: {error}")
            continue
        if not selectors:
            found.append(f"{expression.where}: no metric in its expression")
        for selector in selectors:
            found += [f"{expression.where}: {text}" for text in _selector_complaints(selector, series)]
    return found


def _selector_complaints(selector, series):
    if selector.name not in series:
        yield f"unknown metric {selector.name}"
        return
    for label, _, _ in selector.matchers:
        if label not in series[selector.name] | TARGET_LABELS:
            yield f"{selector.name} has no label {label}"
    if selector.name.endswith(("_total", "_bucket", "_sum", "_count")) and not selector.range:
        yield f"{selector.name} is a counter: it wants rate() or increase()"
