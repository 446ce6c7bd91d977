"""What python-dotenv makes of a file, in the form in which tests/dotenv/dump.cpp answers."""

import io
import logging
import os
import re

from dotenv.main import DotEnv
from dotenv.parser import parse_stream

logging.getLogger("dotenv.main").setLevel(logging.CRITICAL)  # its warnings are what is compared


def text_of(content):
    """As python-dotenv opens its file: UTF-8, and universal newlines."""
    return io.TextIOWrapper(io.BytesIO(content), encoding="utf-8").read()


def line_of(binding):
    """Where a statement starts: python-dotenv counts from the white space before it."""
    space = re.match(r"\s*", binding.original.string).group()
    return binding.original.line + space.count("\n")


def answer(content, environment):
    """Raises UnicodeDecodeError, as python-dotenv does."""
    text = text_of(content)
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(environment)
    try:
        values = dict(DotEnv(None, stream=io.StringIO(text), override=False).dict())
    finally:
        os.environ.clear()
        os.environ.update(before)
    problems = [line_of(binding) for binding in parse_stream(io.StringIO(text)) if binding.error]
    return {"values": values, "problems": problems}
