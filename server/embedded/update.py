"""Update operators compiled to functions that change a decoded document in place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, cast

from .documents import MISSING, Document, Value, split_path
from .errors import MongoError, not_supported
from .keys import key
from .leaves import is_operators
from .operators import OPERATORS, REMOVE, Change
from .planner import conjuncts

Parts = tuple[str, ...]
_MAX_PADDING = 10_000
_NOT_CREATING = {"$unset", "$pull"}


@dataclass(frozen=True, slots=True)
class _Step:
    """One operator on one path; `change` makes the new value of the old."""

    parts: Parts
    change: Change
    creates: bool
    on_insert_only: bool


class Update:
    """A compiled update; `query` tells what an upsert begins with."""

    def __init__(self, spec: Value, query: Document) -> None:
        self._query = query
        self._steps: list[_Step] = []
        self._replacement: Document | None = None
        if isinstance(spec, list):
            raise not_supported("an update by a pipeline")
        if not isinstance(spec, dict):
            raise MongoError(9, "an update is a document or a pipeline")
        if is_operators(cast("Document", spec)):
            self._compile(cast("Document", spec))
        else:
            self._replacement = cast("Document", spec)

    @property
    def is_replacement(self) -> bool:
        return self._replacement is not None

    def apply(self, document: Document, inserting: bool = False) -> Document:
        """The changed document; the given one may be changed on the way."""
        identity = document.get("_id", MISSING)
        if self._replacement is not None:
            changed = dict(self._replacement)
        else:
            changed = document
            for step in self._steps:
                if inserting or not step.on_insert_only:
                    self._take(changed, step)
        return _keep_id(changed, identity)

    def upserted(self) -> Document:
        """The document that an upsert inserts: the query's equalities, then the update."""
        base: Document = {}
        if not self.is_replacement:
            for path, value in _equalities(self._query):
                target = _target(base, split_path(path), True)
                if target is not None:
                    _put(*target, value)
        else:
            base = {path: value for path, value in _equalities(self._query) if path == "_id"}
        return self.apply(base, inserting=True)

    def _compile(self, spec: Document) -> None:
        paths: list[Parts] = []
        for name, fields in spec.items():
            if name not in OPERATORS and name != "$setOnInsert":
                known = name.startswith("$")
                raise (
                    MongoError(9, f"Unknown modifier: {name}")
                    if known
                    else MongoError(52, f"update operators and fields may not be mixed: '{name}'")
                )
            if not isinstance(fields, dict):
                raise MongoError(9, f"Modifiers operate on fields but {name} has none")
            for path, argument in cast("Document", fields).items():
                parts = split_path(path)
                _check_target(parts)
                paths.append(parts)
                build = OPERATORS["$set" if name == "$setOnInsert" else name]
                creates = name not in _NOT_CREATING
                step = _Step(parts, build(argument), creates, name == "$setOnInsert")
                self._steps.append(step)
        _check_conflicts(paths)
        self._steps.sort(key=lambda step: step.parts)  # New fields come in the order of names.

    def _take(self, document: Document, step: _Step) -> None:
        target = _target(document, step.parts, step.creates)
        if target is None:
            return
        holder, name = target
        if isinstance(holder, dict):
            current = cast("Document", holder).get(cast("str", name), MISSING)
        else:
            current = holder[name] if name < len(holder) else MISSING
        changed = step.change(current)
        if changed is not MISSING:
            _put(holder, name, changed)


def _target(document: Document, parts: Parts, create: bool) -> tuple[Any, Any] | None:
    """The holder and the place in it that a path ends at; None where there is none."""
    holder: Any = document
    for name in parts[:-1]:
        place = _place(holder, name, create)
        if place is None:
            return None
        if not _holds(holder, place):
            if not create:
                return None
            _put(holder, place, {})
        holder = holder[place]
    place = _place(holder, parts[-1], create)
    return None if place is None else (holder, place)


def _holds(holder: Value, place: Value) -> bool:
    return place in holder if holder.__class__ is dict else place < len(holder)


def _equalities(query: Document) -> Iterator[tuple[str, Any]]:
    """The (path, value) pairs that a query demands to be equal."""
    for path, conditions in conjuncts(query).items():
        for condition in conditions:
            ((name, value), *_) = condition.items()
            if name == "$in" and isinstance(value, list) and len(value) == 1:  # pyright: ignore
                name, value = "$eq", cast("list[Any]", value)[0]
            if name == "$eq":
                yield path, value


def _check_target(parts: Parts) -> None:
    for part in parts:
        if part == "$" or (part[:2] == "$[" and part[-1] == "]"):
            raise not_supported(f"the position '{part}' in an update")
        if part.startswith("$") and part not in ("$ref", "$id", "$db"):
            raise MongoError(52, f"The dollar ($) prefixed field '{part}' is not valid here")


def _check_conflicts(paths: list[Parts]) -> None:
    ordered = sorted(paths)
    for one, other in pairwise(ordered):
        if other[: len(one)] == one:
            path = ".".join(other)
            raise MongoError(40, f"Updating the path '{path}' would create a conflict at '{path}'")


def _place(holder: Value, name: str, create: bool) -> Value:
    """Where a name is in its holder: a field, an index, or None if it cannot be there."""
    if holder.__class__ is dict:
        return name
    if holder.__class__ is list and name.isascii() and name.isdigit():
        index = int(name)
        if index > len(holder) + _MAX_PADDING:
            raise MongoError(2, f"cannot pad an array up to the index {index}")
        return index
    if create:
        raise MongoError(28, f"Cannot create field '{name}' in element {holder!r}")
    return None


def _put(holder: Value, name: Value, value: Value) -> None:
    if holder.__class__ is dict:
        if value is REMOVE:
            holder.pop(name, None)
        else:
            holder[name] = value
    elif value is not REMOVE:
        holder.extend([None] * (name + 1 - len(holder)))
        holder[name] = value
    elif name < len(holder):
        holder[name] = None


def _keep_id(changed: Document, identity: Value) -> Document:
    found = changed.get("_id", MISSING)
    if identity is MISSING:
        return changed
    if found is not MISSING and (found.__class__, key(found)) != (
        identity.__class__,
        key(identity),
    ):
        raise MongoError(
            66, "Performing an update on the path '_id' would modify the immutable field '_id'"
        )
    if next(iter(changed), None) == "_id":
        return changed
    return {"_id": identity, **changed}
