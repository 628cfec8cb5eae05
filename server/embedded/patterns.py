"""Regular expressions: MongoDB's patterns run by Python's engine, or refused where they differ."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, cast

from bson.regex import Regex

from .documents import Value
from .errors import MongoError, not_supported
from .keys import key

_REGEX_FLAGS = {"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL, "x": re.VERBOSE}


def regex_source(value: Value, options: Value) -> tuple[str, str]:
    """The pattern and the option letters of a `$regex`, which may be a Regex or a string."""
    if isinstance(value, Regex):
        pattern = cast("Regex[Any]", value)
        bits = (("i", re.I), ("m", re.M), ("s", re.S), ("x", re.X), ("l", re.L), ("u", re.U))
        letters = "".join(letter for letter, bit in bits if pattern.flags & bit and letter != "u")
        value, options = pattern.pattern, options or letters
    if isinstance(value, bytes):
        value = value.decode()
    if not isinstance(value, str) or not isinstance(options, str):
        raise MongoError(2, "$regex and $options have to be strings")
    return value, options


def compile_pattern(value: Value, options: Value) -> Callable[[Any], bool]:
    """The test of a `$regex`: of strings, and of a stored expression that is the same."""
    pattern, letters = regex_source(value, options)
    flags = 0
    for letter in letters:
        if letter not in _REGEX_FLAGS:
            raise MongoError(51108, f"invalid flag in regex options: {letter}")
        flags |= _REGEX_FLAGS[letter]
    try:
        search = re.compile(_in_ascii(pattern), flags).search
    except (re.error, OverflowError, RecursionError) as error:
        raise MongoError(51091, f"Regular expression is invalid: {error}") from error
    same = key(value) if isinstance(value, Regex) else None

    def test(found: Value) -> bool:
        if found.__class__ is str:
            return search(found) is not None
        return same is not None and found.__class__ is Regex and key(found) == same

    return test


def _in_ascii(pattern: str) -> str:
    r"""The pattern with \w, \d, \s and \b about ASCII, while letters keep all their cases."""
    parts, position, in_class = list[str](), 0, False
    while position < len(pattern):
        part = pattern[position : position + (2 if pattern[position] == "\\" else 1)]
        position += len(part)
        if part == "\\Z" or (in_class and part == "[" and pattern[position : position + 1] == ":"):
            raise not_supported(f"{part} in a regular expression")
        if part[1:] and part[1] in "wWdDsSbB" and not (in_class and part[1] in "bB"):
            if in_class and part[1] not in _IN_CLASS:
                raise not_supported(f"{part} in a class of a regular expression")
            part = _IN_CLASS[part[1]] if in_class else f"(?a:{part})"
        elif part == "[" and not in_class:
            in_class = True
            # A bracket that closes at once is a letter of the class.
            part += "^" if pattern[position : position + 1] == "^" else ""
            position += len(part) - 1
            part += "\\]" if pattern[position : position + 1] == "]" else ""
            position += part.endswith("]")
        elif part == "]":
            in_class = False
        elif in_class and part in "[&~|":  # To Python these may become operators on sets.
            part = "\\" + part
        parts.append(part)
    return "".join(parts)


_IN_CLASS = {"w": "a-zA-Z0-9_", "d": "0-9", "s": " \\t\\n\\r\\f\\v"}
