"""A plain model of projections, groups and what an upsert begins with: evident, and slow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bson import Int64
from bson.decimal128 import Decimal128
from bson.min_key import MinKey

from tests.server.embedded.judges import compare
from tests.server.embedded.model import ABSENT, is_operators
from tests.server.embedded.model_updates import Impossible, updated

# Projections


def projected(document: dict[str, Any], spec: dict[str, Any]) -> dict[str, Any]:
    """The document with what a projection keeps, each name judged by its whole path."""
    if not spec:
        return document
    modes = [bool(value) for path, value in spec.items() if path != "_id"] or [bool(spec["_id"])]
    including = modes[0]
    if len(set(modes)) > 1 or (not including and spec.get("_id")):
        raise Impossible("keeps and drops")
    for one in spec:
        if any(other.startswith(f"{one}.") for other in spec):
            raise Impossible("a path through another")
    paths = {path for path, value in spec.items() if bool(value) is including}
    if including and not any(path.split(".")[0] == "_id" for path in spec):
        paths.add("_id")
    kept = _kept(document, "", paths) if including else _left(document, "", paths)
    assert isinstance(kept, dict)
    return kept


def _kept(value: Any, path: str, paths: set[str]) -> Any:
    if path in paths:
        return value
    if path and not any(other.startswith(f"{path}.") for other in paths):
        return ABSENT
    if isinstance(value, list):
        items = [_kept(item, path, paths) for item in value]
        return [item for item in items if item is not ABSENT]
    if not isinstance(value, dict):
        return ABSENT
    fields = {
        name: _kept(item, f"{path}.{name}"[not path :], paths) for name, item in value.items()
    }
    return {name: item for name, item in fields.items() if item is not ABSENT}


def _left(value: Any, path: str, paths: set[str]) -> Any:
    if path in paths:
        return ABSENT
    if isinstance(value, list):
        return [_left(item, path, paths) for item in value]
    if not isinstance(value, dict):
        return value
    fields = {
        name: _left(item, f"{path}.{name}"[not path :], paths) for name, item in value.items()
    }
    return {name: item for name, item in fields.items() if item is not ABSENT}


# Groups


def grouped(documents: list[dict[str, Any]], group: dict[str, Any]) -> list[dict[str, Any]]:
    """The groups in the order in which they begin."""
    found: list[tuple[Any, list[dict[str, Any]]]] = []
    for document in documents:
        value = evaluated(document, group["_id"])
        value = None if value is ABSENT else value
        same = [members for other, members in found if compare(other, value) == 0]
        if same:
            same[0].append(document)
        else:
            found.append((value, [document]))
    return [
        {
            "_id": value,
            **{name: _folded(members, fold) for name, fold in group.items() if name != "_id"},
        }
        for value, members in found
    ]


def _folded(members: list[dict[str, Any]], fold: dict[str, Any]) -> Any:
    ((name, expression),) = fold.items()
    if isinstance(expression, list):
        raise Impossible("an accumulator takes one value")
    values = [evaluated(document, expression) for document in members]
    if name == "$sum":
        return _summed(values)
    assert name == "$min"
    least: Any = None
    for value in values:
        if value is not ABSENT and value is not None:
            least = value if least is None or compare(value, least) < 0 else least
    return least


def _summed(values: list[Any]) -> Any:
    if any(isinstance(value, (float, Decimal128)) for value in values):
        raise Impossible("whole numbers only")
    numbers = [value for value in values if isinstance(value, int) and not isinstance(value, bool)]
    running = 0
    for number in numbers:
        running += number
        if not -(2**63) <= running < 2**63:
            raise Impossible("beyond 64 bits")
    return Int64(running) if any(isinstance(number, Int64) for number in numbers) else running


def evaluated(document: dict[str, Any], expression: Any) -> Any:
    """The value of an expression; ABSENT if a path leads nowhere."""
    if isinstance(expression, str) and expression.startswith("$"):
        return _at(document, expression[1:].split("."))
    if isinstance(expression, list):
        values = [evaluated(document, item) for item in expression]
        return [None if value is ABSENT else value for value in values]
    if not isinstance(expression, dict):
        return expression
    ((name, arguments),) = expression.items()
    if name == "$and":
        return all(_holds(evaluated(document, argument)) for argument in arguments)
    if name == "$cond":
        return evaluated(document, arguments[1 if _holds(evaluated(document, arguments[0])) else 2])
    values = [evaluated(document, argument) for argument in arguments]
    if name == "$in":
        if not isinstance(values[1], list):
            raise Impossible("no array")
        return any(_compared(values[0], item) == 0 for item in values[1])
    order = _compared(*values)
    return {"$eq": order == 0, "$lt": order < 0, "$gte": order >= 0}[name]


def _at(value: Any, path: list[str]) -> Any:
    if not path:
        return value
    if isinstance(value, dict):
        return _at(value.get(path[0], ABSENT), path[1:])
    if isinstance(value, list):
        found = [_at(item, path) for item in value if isinstance(item, dict)]
        return [item for item in found if item is not ABSENT]
    return ABSENT


def _holds(value: Any) -> bool:
    if isinstance(value, (int, float, Decimal128)):
        return compare(0 if value is False else 1 if value is True else value, 0) != 0
    return value is not ABSENT and value is not None


def _compared(left: Any, right: Any) -> int:
    """What is absent comes behind MinKey and before null."""
    if left is ABSENT or right is ABSENT:
        if left is right:
            return 0
        if left is ABSENT:
            return 1 if isinstance(right, MinKey) else -1
        return -_compared(right, left)
    return compare(left, right)


# Upserts


def upserted(query: dict[str, Any], update: dict[str, Any]) -> dict[str, Any]:
    """What an upsert inserts: the values that the query names, then the update."""
    pairs = sorted(_named(query), key=lambda pair: pair[0])
    base: dict[str, Any] = {}
    for n, (path, value) in enumerate(pairs):
        for other, _ in pairs[n + 1 :]:
            if f"{other}.".startswith(f"{path}.") or f"{path}.".startswith(f"{other}."):
                raise Impossible("a place named twice")
        *parents, last = path.split(".")
        inside = base
        for name in parents:
            inside = inside.setdefault(name, {})
        inside[last] = value
    return updated(base, update, inserting=True)


def _named(query: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, wanted in query.items():
        if name == "$and":
            for branch in wanted:
                yield from _named(branch)
        elif name == "$or" and len(wanted) == 1:
            raise Impossible("refused")
        elif name.startswith("$"):
            continue
        elif not is_operators(wanted):
            yield name, wanted
        else:
            if len(wanted.get("$in", "no")) == 1:
                raise Impossible("refused")
            if "$eq" in wanted:
                yield name, wanted["$eq"]
