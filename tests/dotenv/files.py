"""Files for both parsers: some by hand, the rest generated from a fixed seed."""

import random

SEED = 20261122
GENERATED = 6000

# What ${...} finds outside of the file; OUTER is also set by files.
ENVIRONMENT = {"OUTER": "from the environment", "EMPTY": "", "DOLLAR": "${A}", "a b": "spaced"}

BY_HAND = [
    b"", b"\n", b"#", b"#\n", b"A", b"A=", b"A=1", b"A=1\n", b"=1", b"A==1", b"A = 1", b"A\t=\t1\t", b" A=1 ",
    b"export A=1", b"export  \t A=1", b"export\nA=1", b"export", b"export=1", b"export =1", b"exportA=1",
    b"export export A=1", b"export 'A'=1", b"'A'=1", b"'A B'=1", b"''=1", b"'A=1", b"'A\nB'=1", b'"A"=1', b"A'B=1",
    b"A=#", b"A= #", b"A=1#2", b"A=1 #2", b"A=1\t#2", b"A=1 # 2 # 3", b"A=' #'#", b"A='1' # 2", b"A='1'2", b"A #=1",
    b"A=1\r\nB=2\r\n", b"A=1\rB=2\r", b"A=1\r\r\nB=2", b"A='1\r\n2'", b"A=1\n\n\n=\n\nB=2", b"A=1\x0bB=2", b"A\x0c=1",
    b"A='\\''", b"A='\\'", b"A='\\\\'", b"A='\\\\\\'", b'A="\\""', b'A="\\"', b'A="\\\\"', b'A="\\\\\\" "', b"A='a\\'b'",
    b'A="\\a\\b\\f\\n\\r\\t\\v\\\'\\q\\x41\\u0041\\0"', b"A='\\n\\t'", b"A=\\n\\t", b'A="a\nb"', b'A="a\nB=2', b"A='a\nB=2\nC='3'",
    b'A="1" "2"', b'A=""', b"A=''", b"A='''", b'A="""', b"A=`1`", b"A=$(B)", b"A=$B", b"A=1\nA=2", b"A=1\nA", b"A\nA=1",
    b"A=${OUTER}", b"OUTER=1\nA=${OUTER}", b"A=${EMPTY:-x}", b"A=${NONE:-x}", b"A=${NONE:-}", b"A=${NONE-x}", b"A=${NONE:x}",
    b"A=${NONE:-${OUTER}}", b"A=${}", b"A=${:-x}", b"A=${ OUTER }", b"A=${OUTER", b"A=${${OUTER}}", b"A=$${OUTER}",
    b"A='${OUTER}'", b'A="${OUTER}"', b"A=\\${OUTER}", b"A=${DOLLAR}", b"A=1\nB=${A}${A}\nC=${B}${B}", b"A=${a b}",
    b"B=${A}\nA=1", b"A\nB=${A:-x}", b"A=\nB=${A:-x}", b"A='1\n2'\nB=${A}", b"A=${NONE:-a:b}", b"A=${NONE:-a:-b}", b"A=${N\nO}",
    b"A='${N\nO:-x\ny}'", b"A=1;B=2", b"A=1,2", b"A.B-C=1", b"1=A", b"A=\x00", b"\x00=1", b"A=1\x00", b"A=\xc3\xa9", b"\xc3\xa9=1",
    b"\xc2\xa0A\xe3\x80\x80=\xe2\x80\x831\xc2\x85", b"A=1\xc2\x85#2", b"A=1\xe2\x80\xa8B=2", b"A=1\x1c#2", b"A=\x1f1\x1e", b"A=1\xe2\x80\x8b",
    b"export\xc2\xa0A=1", b"export\x0bA=1", b"\xe1\xa0\x8eA=1", b"\xe2\x81\xa0A=1", b"A=\xf0\x9f\x98\x80", b"A=1\n" * 300,
    b"\xef\xbb\xbfA=1", b"\xef\xbb\xbf", b"\xef\xbb\xbf\xef\xbb\xbfA=1", b"A=\xef\xbb\xbf1", b"\xef\xbb\xbf\xef\xbb\xbf=1",
    b"A=\xff", b"\x80", b"A=1\nB=\xc3", b"A=\xed\xa0\x80", b"A=\xc0\x80", b"A=\xf4\x90\x80\x80", b"\xff\xfeA\x00=\x001\x00",
]

SPACES = [" ", "  ", "\t", "\x0b", "\x0c", "\x1c", "\x1f", "\x85", "\u00a0", "\u1680", "\u2003", "\u2028", "\u2029", "\u202f",
          "\u205f", "\u3000", "\u200b", "\u180e"]
ENDS = ["\n", "\n", "\n", "\r\n", "\r", "\n\n", " \n"]
NAMES = ["A", "B", "C", "A", "OUTER", "EMPTY", "NONE", "a b", "'A'", "'a b'", "export", "\u00e9", "A.B", '"A"', ""]
PIECES = ["x", "1", "#", " #", " # c", "=", "'", '"', "\\", "\\'", '\\"', "\\\\", "\\n", "\\t", "\\q", "\\x41", "$", "{", "}", ":-",
          "${", "${A}", "${B}", "${OUTER}", "${NONE:-d}", "${EMPTY:-d}", "${A:-}", "${}", "export ", "\u00e9", "\U0001f600", "\x00",
          "\ufeff", ";", ","]


def value(rng):
    body = "".join(rng.choice(PIECES + SPACES[:3]) for _ in range(rng.randrange(7)))
    kind = rng.randrange(6)
    if kind == 0:
        return "'" + body + "'"
    if kind == 1:
        return '"' + body + '"'
    if kind == 2:
        return rng.choice("'\"") + body + rng.choice(ENDS) + body + rng.choice(["", "'", '"'])
    return body


def statement(rng):
    if rng.random() < 0.1:
        return "#" + value(rng)
    space = [rng.choice(SPACES) if rng.random() < 0.2 else "" for _ in range(5)]
    export = "export" + rng.choice(SPACES) if rng.random() < 0.15 else ""
    equals = "=" if rng.random() < 0.9 else ""
    return space[0] + export + rng.choice(NAMES) + space[1] + equals + space[2] + value(rng) + space[3]


def generated(count):
    """Half are statements that a person could have written, half any pieces in any order."""
    rng = random.Random(SEED)
    for number in range(count):
        if number % 2:
            text = "".join(rng.choice(PIECES + SPACES + ENDS + NAMES + ["=", "="]) for _ in range(rng.randrange(40)))
        else:
            text = "".join(statement(rng) + rng.choice(ENDS) for _ in range(rng.randrange(1, 7)))
        content = text.encode()
        if number % 50 == 0:
            at = rng.randrange(len(content) + 1)
            content = content[:at] + bytes([rng.randrange(0x80, 0x100)]) + content[at:]
        yield content
