"""Update operators compiled to functions that change a decoded document in place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, cast

from .aggregate import compile_document_stages
from .documents import (
    MISSING,
    Document,
    Value,
    split_path,
    type_name,
)
from .errors import MongoError
from .keys import key
from .leaves import is_operators
from .matcher import Matcher, compile_filter
from .operators import OPERATORS, REMOVE, Change
from .positions import equalities, matched_position

Parts = tuple[str, ...]
_MAX_PADDING = 10_000
_NOT_CREATING = {"$unset", "$pull", "$pop"}


@dataclass(frozen=True, slots=True)
class _Step:
    """One operator on one path; `change` makes the new value of the old."""

    parts: Parts
    change: Change
    creates: bool
    on_insert_only: bool


class Update:
    """A compiled update; `query` tells which element a positional `$` means."""

    def __init__(self, spec: Value, query: Document, array_filters: Value = None) -> None:
        self._query = query
        self._steps: list[_Step] = []
        self._renames: list[tuple[Parts, Parts]] = []
        self._stages: Callable[[Document], Document] | None = None
        self._replacement: Document | None = None
        self._filters = _array_filters(array_filters)
        if isinstance(spec, list):
            self._stages = compile_document_stages(cast("list[Any]", spec))
        elif not isinstance(spec, dict):
            raise MongoError(9, "an update is a document or a pipeline")
        elif is_operators(cast("Document", spec)):
            self._compile(cast("Document", spec))
        else:
            self._replacement = cast("Document", spec)
        if self._filters and not self._steps:
            raise MongoError(9, "arrayFilters may only be used with update operators")

    @property
    def is_replacement(self) -> bool:
        return self._replacement is not None

    def apply(self, document: Document, inserting: bool = False) -> Document:
        """The changed document; the given one may be changed on the way."""
        identity = document.get("_id", MISSING)
        if self._replacement is not None:
            changed = dict(self._replacement)
        elif self._stages is not None:
            changed = self._stages(document)
        else:
            changed = document
            for step in self._steps:
                if inserting or not step.on_insert_only:
                    self._take(changed, step)
            for source, target in self._renames:
                self._rename(changed, source, target)
        return _keep_id(changed, identity)

    def upserted(self) -> Document:
        """The document that an upsert inserts: the query's equalities, then the update."""
        base: Document = {}
        if not self.is_replacement:
            for path, value in equalities(self._query):
                for holder, name in self._targets(base, split_path(path), True):
                    _put(holder, name, value)
        else:
            base = {path: value for path, value in equalities(self._query) if path == "_id"}
        return self.apply(base, inserting=True)

    def _compile(self, spec: Document) -> None:
        paths: list[Parts] = []
        for name, fields in spec.items():
            if name == "$rename":
                self._compile_rename(fields, paths)
                continue
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
        self._check_identifiers()
        self._steps.sort(key=lambda step: step.parts)  # New fields come in the order of names.

    def _compile_rename(self, fields: Document, paths: list[Parts]) -> None:
        for path, target in fields.items():
            if not isinstance(target, str) or "$" in path or "$" in target:
                raise MongoError(2, "$rename goes from a plain path to a plain path")
            pair = split_path(path), split_path(target)
            paths += pair
            self._renames.append(pair)

    def _check_identifiers(self) -> None:
        used = {part[2:-1] for step in self._steps for part in step.parts if part[:2] == "$["}
        for name in self._filters:
            if name not in used:
                raise MongoError(9, f"The array filter for '{name}' was not used in the update")
        for name in used - {""}:
            if name not in self._filters:
                raise MongoError(2, f"No array filter found for identifier '{name}'")

    def _take(self, document: Document, step: _Step) -> None:
        parts = step.parts
        if "$" in parts:
            at = parts.index("$")
            position = matched_position(self._query, ".".join(parts[:at]), document)
            parts = (*parts[:at], str(position), *parts[at + 1 :])
        for holder, name in list(self._targets(document, parts, step.creates)):
            if isinstance(holder, dict):
                current = cast("Document", holder).get(cast("str", name), MISSING)
            else:
                current = holder[name] if name < len(holder) else MISSING
            changed = step.change(current)
            if changed is not MISSING:
                _put(holder, name, changed)

    def _targets(self, holder: Value, parts: Parts, create: bool) -> Iterator[tuple[Any, Any]]:
        name = parts[0]
        if name.startswith("$["):
            yield from self._elements(holder, parts, create)
            return
        place = _place(holder, name, create)
        if place is None:
            return
        if len(parts) == 1:
            yield holder, place
            return
        present = place in holder if isinstance(holder, dict) else place < len(holder)
        if not present:
            if not create:
                return
            _put(holder, place, {})
        yield from self._targets(holder[place], parts[1:], create)

    def _elements(self, holder: Value, parts: Parts, create: bool) -> Iterator[tuple[Any, Any]]:
        if holder.__class__ is not list:
            raise MongoError(2, f"Cannot apply array updates to a {type_name(holder)}")
        identifier = parts[0][2:-1]
        chosen = self._filters.get(identifier)
        for n, item in enumerate(holder):
            if chosen is not None and not chosen({identifier: item}):
                continue
            if len(parts) == 1:
                yield holder, n
            else:
                yield from self._targets(item, parts[1:], create)

    def _rename(self, document: Document, source: Parts, target: Parts) -> None:
        for holder, name in list(self._targets(document, source, False)):
            if holder.__class__ is not dict:
                raise MongoError(2, "The source field of $rename cannot be an array element")
            if name in holder:
                value = holder.pop(name)
                for new_holder, new_name in list(self._targets(document, target, True)):
                    if new_holder.__class__ is not dict:
                        raise MongoError(2, "The target of $rename cannot be an array element")
                    new_holder.pop(new_name, None)
                    new_holder[new_name] = value


def _array_filters(filters: Value) -> dict[str, Matcher]:
    found: dict[str, Matcher] = {}
    for condition in filters or ():
        names = {path.split(".")[0] for path in _paths(condition)}
        if len(names) != 1:
            raise MongoError(9, "an array filter is about exactly one identifier")
        (name,) = names
        if name in found:
            raise MongoError(9, f"several array filters for '{name}'")
        found[name] = compile_filter(condition)
    return found


def _paths(condition: Value) -> Iterator[str]:
    for name, value in cast("Document", condition).items():
        if name in ("$and", "$or", "$nor"):
            for branch in value:
                yield from _paths(branch)
        else:
            yield name


def _check_target(parts: Parts) -> None:
    for n, part in enumerate(parts):
        positional = part == "$" or (part[:2] == "$[" and part[-1] == "]")
        if part.startswith("$") and not positional and part not in ("$ref", "$id", "$db"):
            raise MongoError(52, f"The dollar ($) prefixed field '{part}' is not valid here")
        if part == "$" and (n == 0 or "$" in parts[n + 1 :]):
            raise MongoError(2, "a path has one positional '$', and not at its start")


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
