"""Regular expressions: a text, anchored or not; all else is refused.

Engines agree about a text, and none of them can take long to find one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from bson.regex import Regex

from .documents import Value
from .errors import MongoError, not_supported
from .keys import key

_TEXT = re.compile(r"(\^?)((?:\\[^0-9A-Za-z]|[^\\^$.|?*+()\[\]{}])*)(\$?)", re.S)
_ESCAPED = re.compile(r"\\(.)", re.S)
# Python takes the dotted and the dotless ones of Turkish for the same letter.
_LETTERS_I = {"i": "(?-i:[iI])", "I": "(?-i:[iI])", "ı": "(?-i:ı)", "İ": "(?-i:İ)"}


def as_regex(pattern: Value, options: Value) -> Regex[Any]:
    """The pattern and the options of a `$regex` in one."""
    if pattern.__class__ is Regex and options is None:
        return pattern
    if pattern.__class__ is not str or (options or "").__class__ is not str:
        raise MongoError(2, "$regex and $options have to be strings")
    for letter in options or "":
        if letter not in "imsxu":
            raise MongoError(51108, f"invalid flag in regex options: {letter}")
        if letter != "i":
            raise not_supported(f"the option {letter} of a pattern")
    return Regex(pattern, re.I if options else 0)


def compile_pattern(wanted: Regex[Any]) -> Callable[[Any], bool]:
    """The test of a pattern: of strings, and of a stored expression that is the same."""
    if "\x00" in wanted.pattern:
        raise MongoError(2, "Regular expression cannot contain an embedded null byte")
    if len(wanted.pattern) > 32764:
        raise MongoError(51091, "Regular expression is too long")
    parts = _TEXT.fullmatch(wanted.pattern)
    if parts is None or wanted.flags & ~(re.I | re.U):
        raise not_supported("a pattern other than a text")
    start, text, end = parts[1], _ESCAPED.sub(r"\1", parts[2]), parts[3]
    source = "".join(_LETTERS_I.get(letter) or re.escape(letter) for letter in text)
    search = re.compile(start + source + end, wanted.flags & re.I).search
    same = key(wanted)

    def test(found: Value) -> bool:
        if found.__class__ is str:
            return search(found) is not None
        return found.__class__ is Regex and key(found) == same

    return test


def literal_prefix(wanted: Regex[Any]) -> str:
    """What every string begins with in which an anchored pattern is found."""
    parts = _TEXT.fullmatch(wanted.pattern)
    if parts is None or not parts[1] or wanted.flags & re.I:
        return ""
    return _ESCAPED.sub(r"\1", parts[2])
