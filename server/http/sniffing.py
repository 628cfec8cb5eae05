"""What an upload is and may be called, judged by its bytes and not by what its sender says."""

from __future__ import annotations

import codecs
import re
import unicodedata
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any, cast

import filetype  # pyright: ignore[reportMissingTypeStubs]

UNKNOWN = "application/octet-stream"
NAME_MAX = 150

# Separators, what Windows forbids, and what turns the direction of writing ("exe.gpj").
_UNWANTED = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]')


def media_type_of(head: bytes) -> str:
    """The type that the first bytes of a file show.

    Markup of any kind counts as plain text, so that no browser ever runs it.
    """
    kind = cast("Any", filetype.guess(head))  # pyright: ignore[reportUnknownMemberType]
    if kind is not None:
        return str(kind.mime)
    if b"\x00" in head:
        return UNKNOWN
    try:
        # Not final: the head may end in the middle of a character.
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return UNKNOWN
    return "text/plain"


def safe_name(name: str) -> str:
    """A file name that is one on every system; its ending stays however long it was."""
    name = unicodedata.normalize("NFC", name)
    name = PureWindowsPath(PurePosixPath(name).name).name
    name = _UNWANTED.sub("_", name).strip(" .")
    stem, dot, ending = name.rpartition(".")
    if dot and stem and len(ending) <= 10:
        return f"{stem[: NAME_MAX - len(ending) - 1]}.{ending}"
    return name[:NAME_MAX] or "file"
