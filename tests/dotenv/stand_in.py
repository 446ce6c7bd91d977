"""For the self-test: python-dotenv in the place of our program, with a fault on demand: stand_in.py [FAULT]."""

import json
import sys

import reference


def main(fault):
    environment = json.loads(sys.stdin.readline())
    for number, line in enumerate(sys.stdin):
        content = bytes.fromhex(line)
        if content.startswith(b"\xef\xbb\xbf") and fault != "byte-order-mark":
            content = content[3:]
        try:
            answer = reference.answer(content, environment)
        except UnicodeDecodeError as error:
            answer = {"values": {}, "problems": [1 + content[: error.start].count(b"\n")]}
        values = answer["values"]
        if fault == "value" and values.get("A") == "x":
            values["A"] = "y"
        if fault == "name":
            values.pop("a b", None)
        if fault == "null":
            answer["values"] = {name: text or "" for name, text in values.items()}
        if fault == "problem":
            answer["problems"] = []
        if fault == "end" and number == 100:
            return
        print(json.dumps(answer))


if __name__ == "__main__":
    main((sys.argv[1:] or [""])[0])
