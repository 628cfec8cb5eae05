"""A plain model of updates, evidently right: it makes new values and changes none."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from bson import Int64
from bson.decimal128 import Decimal128
from bson.regex import Regex

from tests.server.embedded.judges import compare, rank
from tests.server.embedded.model import ABSENT, is_operators, matches, test


class Impossible(Exception):
    """The update cannot be; the document stays as it is."""


def updated(document: dict[str, Any], update: dict[str, Any], inserting: bool) -> dict[str, Any]:
    """The document that an update of operators makes of another."""
    steps = [
        (path.split("."), name, argument)
        for name, fields in update.items()
        for path, argument in fields.items()
    ]
    for n, (path, *_) in enumerate(steps):
        for other, *_ in steps[n + 1 :]:
            if path[: len(other)] == other or other[: len(path)] == path:
                raise Impossible("two changes of one place")
    for path, name, argument in sorted(steps, key=lambda step: [_place(part) for part in step[0]]):
        if name == "$setOnInsert" and not inserting:
            continue
        document = _changed(document, path, _change(name, argument), name)
    return document


def _place(part: str) -> tuple[int, int, str]:
    """Numbers before letters, and by their size."""
    return (0, len(part), part) if part.isdigit() else (1, 0, part)


def _changed(holder: Any, path: list[str], change: Callable[[Any], Any], operator: str) -> Any:
    """A holder with another value at a path; ABSENT as the new value takes it away."""
    name, rest = path[0], path[1:]
    creates = operator not in ("$unset", "$pull")
    if isinstance(holder, dict):
        inside = holder.get(name, ABSENT)
    elif isinstance(holder, list) and name.isdigit() and name == str(int(name)):
        if int(name) > len(holder):
            raise Impossible("beyond the end of an array")
        inside = [*holder, ABSENT][int(name)]
    elif operator != "$unset":
        raise Impossible("no field can be in here")
    else:
        return holder
    if not rest:
        new = change(inside)
    elif inside is ABSENT:
        new = _changed({}, rest, change, operator) if creates else ABSENT
    else:
        new = _changed(inside, rest, change, operator)
    if isinstance(holder, dict):
        if new is ABSENT:
            return {key: value for key, value in holder.items() if key != name}
        return {**holder, name: new}
    if new is ABSENT and inside is ABSENT:
        return holder
    new = None if new is ABSENT else new
    return [*holder[: int(name)], new, *holder[int(name) + 1 :]]


def _change(name: str, argument: Any) -> Callable[[Any], Any]:
    if name in ("$set", "$setOnInsert"):
        return lambda old: argument
    if name == "$unset":
        return lambda old: ABSENT
    if name == "$inc":
        return lambda old: _sum(old, argument)
    if name == "$max":
        return lambda old: argument if old is ABSENT or compare(argument, old) > 0 else old
    if name == "$push":
        return lambda old: _pushed(old, argument)
    assert name == "$pull"
    return lambda old: _pulled(old, argument)


def _sum(old: Any, argument: Any) -> Any:
    if rank(argument) != 2 or (old is not ABSENT and rank(old) != 2):
        raise Impossible("no number")
    if old is ABSENT:
        return argument
    if isinstance(old, Decimal128) or isinstance(argument, Decimal128):
        raise Impossible("decimals are refused")
    if isinstance(old, float) or isinstance(argument, float):
        return float(old) + float(argument)
    result = Fraction(old) + Fraction(argument)
    if abs(result + Fraction(1, 2)) > 2**63:
        raise Impossible("beyond 64 bits")
    wide = isinstance(old, Int64) or isinstance(argument, Int64)
    return Int64(int(result)) if wide else int(result)


def _pushed(old: Any, argument: Any) -> list[Any]:
    if old is not ABSENT and not isinstance(old, list):
        raise Impossible("no array")
    items = [] if old is ABSENT else list(old)
    if not isinstance(argument, dict) or "$each" not in argument:
        return [*items, argument]
    items += argument["$each"]
    cut = argument.get("$slice")
    if cut is None:
        return items
    if cut < 0:
        return items[max(0, len(items) + cut) :]
    return items[:cut]


def _pulled(old: Any, argument: Any) -> Any:
    if old is ABSENT:
        return ABSENT
    if not isinstance(old, list):
        raise Impossible("no array")
    return [item for item in old if not _is_pulled(item, argument)]


def _is_pulled(item: Any, argument: Any) -> bool:
    if isinstance(argument, dict) and not is_operators(argument):
        return isinstance(item, dict) and matches(item, argument)
    if isinstance(argument, (dict, Regex)):
        return matches({"item": item}, {"item": argument})
    return test(item, "$eq", argument)
