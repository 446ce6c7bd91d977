"""Compares our parser of .env files with python-dotenv, by name and value: compare.py PROGRAM [FILES], see dump.cpp.
FILES: how many generated ones.

Allowed differences, all of them in the header of src/config/dotenv/dotenv.h:
  - a byte order mark at the beginning is skipped: python-dotenv takes it for a part of the first name;
  - a statement that python-dotenv warns of and skips is a problem; it must be the same statements;
  - text that is not UTF-8 is one problem and no values, where python-dotenv raises UnicodeDecodeError;
  - a value beyond 1 MiB is a problem: no file here has one.
"""

import json
import subprocess
import sys

import files
import reference

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
MOST_SHOWN = 10


def wanted(content):
    """Our answer as python-dotenv's and the allowed differences have it, and which difference that was, if any."""
    difference = None
    if content.startswith(BYTE_ORDER_MARK):
        content = content[len(BYTE_ORDER_MARK):]
        difference = "byte order mark"
    try:
        answer = reference.answer(content, files.ENVIRONMENT)
    except UnicodeDecodeError as error:
        # The part before the fault is text, whose lines end at \n for us before the rest is looked at.
        return {"values": {}, "problems": [1 + content[: error.start].count(b"\n")]}, "not UTF-8"
    if answer["problems"]:
        difference = difference or "skipped statement"
    return answer, difference


def main(program, count=files.GENERATED):
    contents = files.BY_HAND + list(files.generated(int(count)))
    lines = [json.dumps(files.ENVIRONMENT)] + [content.hex() for content in contents]
    run = subprocess.run([program], input="\n".join(lines) + "\n", capture_output=True, encoding="utf-8", check=False)
    answers = run.stdout.split("\n")[:-1]
    if run.returncode != 0 or len(answers) != len(contents):
        print(f"{program}: status {run.returncode} after {len(answers)} of {len(contents)} files\n{run.stderr}")
        return 1
    differing = 0
    counts = {}
    names = 0
    for number, (content, line) in enumerate(zip(contents, answers)):
        expected, difference = wanted(content)
        counts[difference] = counts.get(difference, 0) + 1
        names += len(expected["values"])
        given = json.loads(line)
        if given != expected:
            differing += 1
            if differing <= MOST_SHOWN:
                print(f"file {number}, seed {files.SEED}: {content!r}\n  ours:          {given}\n  python-dotenv: {expected}")
    skipped = ", ".join(f"{what}: {count}" for what, count in sorted(counts.items(), key=str) if what)
    print(f"{len(contents)} files, {names} names; {differing} differ; allowed differences in files: {skipped}")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
