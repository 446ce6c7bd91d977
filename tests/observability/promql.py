"""As much of PromQL as the checks need: which series an expression selects. Syntax is promtool's to judge."""

import re
from dataclasses import dataclass

TOKEN = re.compile(r"""
    (?P<space>\s+|\#[^\n]*)
  | (?P<string>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`)
  | (?P<name>[A-Za-z_:][A-Za-z0-9_:]*)
  | (?P<variable>\$\{?\w+\}?)
  | (?P<number>[0-9.]+[a-z0-9.]*)
  | (?P<operator>=~|!~|!=|==|<=|>=|.)
""", re.VERBOSE)
BEFORE_LABELS = {"by", "without", "on", "ignoring", "group_left", "group_right"}
WORDS = {"and", "or", "unless", "bool", "offset", "inf", "nan"} | BEFORE_LABELS


@dataclass(frozen=True)
class Selector:
    """A vector selector: `name{matchers}`, with what stands in brackets behind it, or nothing."""
    name: str
    matchers: tuple  # of (label, operator, value)
    range: str

    @property
    def text(self):
        return self.name + "{" + ",".join(f'{label}{op}"{value}"' for label, op, value in self.matchers) + "}"


def tokens_of(expression):
    return [(match.lastgroup, match.group()) for match in TOKEN.finditer(expression) if match.lastgroup != "space"]


def _until(tokens, start, end):
    """The index of the next `end` from `start` on, or the length."""
    while start < len(tokens) and tokens[start][1] != end:
        start += 1
    return start


def _matchers(tokens):
    return tuple((tokens[i][1], tokens[i + 1][1], tokens[i + 2][1][1:-1]) for i in range(0, len(tokens) - 2, 4))


def selectors_of(expression):
    """All vector selectors, in order. Those without a name are refused, because it is unknown what they select."""
    tokens = tokens_of(expression) + [("end", "")]
    found = []
    i = 0
    while i < len(tokens):
        kind, text = tokens[i]
        following = tokens[i + 1][1] if i + 1 < len(tokens) else ""
        if kind == "operator" and text == "{":
            raise ValueError(f"a selector without a metric's name in: {expression}")
        if kind == "operator" and text == "[":  # a range or a subquery; its duration is no name
            i = _until(tokens, i, "]")
        elif kind == "name" and text.lower() in WORDS:
            if text in BEFORE_LABELS and following == "(":
                i = _until(tokens, i, ")")
        elif kind == "name" and following not in ("(", "by", "without"):
            matchers = ()
            if following == "{":
                close = _until(tokens, i, "}")
                matchers = _matchers(tokens[i + 2:close])
                i = close
            span = ""
            if tokens[i + 1][1] == "[":
                close = _until(tokens, i, "]")
                span = "".join(text for _, text in tokens[i + 2:close])
                i = close
            found.append(Selector(text, matchers, span))
        i += 1
    return found
