"""Regular expressions: those that Python's engine reads as MongoDB's does; others are refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from bson.regex import Regex

from .documents import Value
from .errors import MongoError, not_supported
from .keys import key

_FLAGS = {"i": re.I, "m": re.M, "s": re.S, "x": re.X, "u": re.U}
_ESCAPED = re.compile(r"\\([^0-9A-Za-z])", re.S)
_DIFFERS = re.compile(r"[\\\[]|\(\?|\{,")
_LITERALS = re.compile(r"\^((?:\\[^0-9A-Za-z]|[^\\^$.|?*+()\[\]{}])*)([?*{]?)", re.S)


def as_regex(pattern: Value, options: Value) -> Regex[Any]:
    """The pattern and the options of a `$regex` in one."""
    if isinstance(pattern, Regex) and not options:
        return pattern  # pyright: ignore[reportUnknownVariableType]
    if not isinstance(pattern, str) or not isinstance(options or "", str):
        raise MongoError(2, "$regex and $options have to be strings")
    flags = 0
    for letter in options or "":
        if letter not in _FLAGS:
            raise MongoError(51108, f"invalid flag in regex options: {letter}")
        flags |= _FLAGS[letter]
    return Regex(pattern, flags)


def compile_pattern(wanted: Regex[Any]) -> Callable[[Any], bool]:
    """The test of a pattern: of strings, and of a stored expression that is the same."""
    pattern: str = wanted.pattern
    if _DIFFERS.search(_ESCAPED.sub("", pattern)) or wanted.flags & ~(re.I | re.M | re.S | re.U):
        raise not_supported("a class, a group's option or a letter's escape in a pattern")
    try:
        search = re.compile(pattern, wanted.flags).search
    except (re.error, OverflowError, RecursionError) as error:
        raise MongoError(51091, f"Regular expression is invalid: {error}") from error
    same = key(wanted)

    def test(found: Value) -> bool:
        if found.__class__ is str:
            return search(found) is not None
        return found.__class__ is Regex and key(found) == same

    return test


def literal_prefix(wanted: Regex[Any]) -> str:
    """What every string begins with in which an anchored pattern is found."""
    found = _LITERALS.match(wanted.pattern)
    if not found or "|" in wanted.pattern or wanted.flags & (re.I | re.M):
        return ""
    prefix = _ESCAPED.sub(r"\1", found[1])
    return prefix[:-1] if found[2] else prefix  # The letter before may be absent.
