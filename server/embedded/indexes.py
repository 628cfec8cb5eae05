"""What an index is: its checked specification, and the keys it holds for a document."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, cast

from .documents import MISSING, Document, Value, as_integer, is_number, split_path, type_name
from .errors import MongoError, not_supported
from .keys import EMPTY_ARRAY, descending, key
from .matcher import Matcher, compile_filter, conditions_of

Path = tuple[str, ...]
_OPTIONS = {"key", "name", "unique", "sparse", "partialFilterExpression", "expireAfterSeconds"}
_PARTIAL_OPERATORS = {"$eq", "$exists", "$gt", "$gte", "$lt", "$lte", "$type", "$in"}


def parse_pattern(pattern: Value, what: str) -> list[tuple[str, int]]:
    """A sort or index pattern as (path, 1 or -1) pairs."""
    if not isinstance(pattern, dict):
        raise MongoError(14, f"{what} must be an object, found {type_name(pattern)}")
    fields: list[tuple[str, int]] = []
    for path, direction in cast("Document", pattern).items():
        if not is_number(direction) or as_integer(direction, what) not in (1, -1):
            raise MongoError(2, f"{what}: the direction of '{path}' must be 1 or -1")
        if any(part.isdigit() or part.startswith("$") for part in split_path(path)):
            raise not_supported(f"{what} on the path '{path}'")
        fields.append((path, int(direction)))
    return fields


class KeyMaker:
    """The compound keys of documents for one pattern, arrays expanded."""

    def __init__(self, fields: list[tuple[str, int]]) -> None:
        self.fields = fields
        self._paths: list[Path] = [split_path(path) for path, _ in fields]
        self._down = [direction < 0 for _, direction in fields]
        simple = len(fields) == 1 and len(self._paths[0]) == 1 and not self._down[0]
        self._only = self._paths[0][0] if simple else None

    def keys(self, document: Document) -> tuple[list[bytes], int]:
        """The distinct keys of a document and a bit for each field that met an array."""
        if self._only is not None:
            value = document.get(self._only, MISSING)
            if value.__class__ is not list:
                return [key(value)], 0
        values = tuple(_descend(document, path) for path in self._paths)
        if not any(value.__class__ is list for value, _ in values):
            return [self.join(tuple(value for value, _ in values))], 0
        multikey = sum(1 << n for n, (value, _) in enumerate(values) if value.__class__ is list)
        distinct = dict.fromkeys(self.join(entry) for entry in _expand(values))
        return list(distinct), multikey

    def entries(self, document: Document) -> Iterator[tuple[Any, ...]]:
        """The values behind the keys, one tuple a key; MISSING where a field is absent."""
        yield from _expand(tuple(_descend(document, path) for path in self._paths))

    def join(self, values: tuple[Any, ...]) -> bytes:
        return b"".join(
            descending(key(value)) if down else key(value)
            for value, down in zip(values, self._down, strict=True)
        )


@dataclass(slots=True)
class _Final:
    """An element of an expanded array: if it is an array itself, it stays whole."""

    value: Value


def _descend(value: Value, path: Path) -> tuple[Any, Path]:
    """Follow a path to its end, or to the first array on it and the path that is left."""
    for position, name in enumerate(path):
        if value.__class__ is list:
            return value, path[position:]
        if value.__class__ is not dict:
            return MISSING, ()
        value = value.get(name, MISSING)
    return value, ()


def _whole(value: Value) -> Value:
    return value.value if value.__class__ is _Final else value


def _expand(values: tuple[tuple[Any, Path], ...]) -> Iterator[tuple[Any, ...]]:
    arrays = [value for value, _ in values if value.__class__ is list]
    if not arrays:
        yield tuple(_whole(value) for value, _ in values)
        return
    array = cast("list[Any]", arrays[0])
    if any(other is not array for other in arrays):
        raise MongoError(171, "cannot index parallel arrays")
    for item in array or [EMPTY_ARRAY]:
        yield from _expand(
            tuple(_enter(item, rest) if value is array else (value, rest) for value, rest in values)
        )


def _enter(item: Value, rest: Path) -> tuple[Any, Path]:
    if not rest:
        return _Final(item), ()
    return _descend(item, rest) if item.__class__ is dict else (MISSING, ())


@dataclass(slots=True)
class Index:
    """One index of a collection; `spec` is what listIndexes shows."""

    id: int
    spec: Document
    maker: KeyMaker
    unique: bool
    sparse: bool
    expire_after: float | None
    partial: Matcher | None
    multikey: int = 0
    saved_multikey: int = 0
    partial_filter: Document = field(default_factory=lambda: {})

    @property
    def name(self) -> str:
        return self.spec["name"]

    @property
    def fields(self) -> list[tuple[str, int]]:
        return self.maker.fields

    def keys(self, document: Document) -> list[bytes]:
        """The document's keys in this index; remembers which fields were arrays."""
        if self.partial is not None and not self.partial(document):
            return []
        if self.sparse and self._absent(document):
            return []
        keys, multikey = self.maker.keys(document)
        self.multikey |= multikey
        return keys

    def _absent(self, document: Document) -> bool:
        return all(value is MISSING for entry in self.maker.entries(document) for value in entry)

    def key_value(self, document: Document, wanted: bytes) -> Document:
        """The values of one of the document's keys, for the message of a duplicate."""
        for entry in self.maker.entries(document):
            if self.maker.join(entry) == wanted:
                values = (None if value is MISSING else value for value in entry)
                return {
                    path: [] if value is EMPTY_ARRAY else value
                    for (path, _), value in zip(self.fields, values, strict=True)
                }
        raise MongoError(1, "the duplicate key was not made by this document")


def check_spec(spec: Document) -> Document:
    """The stored form of a specification given to createIndexes."""
    for name in spec:
        if name not in _OPTIONS:
            raise MongoError(197, f"The field '{name}' is not valid for an index specification.")
    pattern: Value = spec.get("key")
    for path, direction in pattern.items() if pattern.__class__ is dict else ():
        if isinstance(direction, str):
            raise MongoError(67, f"Index type '{direction}' of '{path}' is not supported")
    if not parse_pattern(pattern, "index key"):
        raise MongoError(67, "Index keys cannot be an empty object")
    if not isinstance(spec.get("name"), str) or not spec["name"]:
        raise MongoError(9, "An index specification needs a name")
    stored: Document = {"v": 2, "key": pattern, "name": spec["name"]}
    for option in ("unique", "sparse"):
        if spec.get(option, False).__class__ is not bool:
            raise MongoError(14, f"The index option '{option}' is true or false")
        if spec.get(option):
            stored[option] = True
    if "partialFilterExpression" in spec:
        _check_partial(spec["partialFilterExpression"])
        if spec.get("sparse"):
            raise MongoError(67, "cannot mix partialFilterExpression and sparse options")
        stored["partialFilterExpression"] = spec["partialFilterExpression"]
    if "expireAfterSeconds" in spec:
        seconds = spec["expireAfterSeconds"]
        if len(pattern) != 1 or list(pattern) == ["_id"]:
            raise MongoError(67, "TTL indexes are single-field indexes, and not on _id")
        if not is_number(seconds) or not 0 <= as_integer(seconds, "TTL") < 2**31:
            raise MongoError(67, "TTL index 'expireAfterSeconds' must be within 0 and 2147483647")
        stored["expireAfterSeconds"] = seconds
    return stored


def _check_partial(expression: Value) -> None:
    compile_filter(expression)
    for path, conditions in expression.items():
        names = [path] if path.startswith("$") else [name for name, _ in conditions_of(conditions)]
        for name in names:
            if name not in _PARTIAL_OPERATORS:
                raise MongoError(67, f"Expression not supported in partial index: {name}")


def build_index(id: int, spec: Document, multikey: int = 0) -> Index:
    """The working form of a stored specification."""
    partial = spec.get("partialFilterExpression")
    expire = spec.get("expireAfterSeconds")
    return Index(
        id=id,
        spec=spec,
        maker=KeyMaker(parse_pattern(spec["key"], "index key")),
        unique=bool(spec.get("unique")) or spec["name"] == "_id_",
        sparse=bool(spec.get("sparse")),
        expire_after=None if expire is None else float(as_integer(expire, "TTL")),
        partial=None if partial is None else compile_filter(partial),
        multikey=multikey,
        saved_multikey=multikey,
        partial_filter=partial or {},
    )


Sorter = Callable[[Document], bytes]


def sort_key(fields: list[tuple[str, int]]) -> Sorter:
    """The key by which a document is sorted: the least of its keys for the pattern."""
    maker = KeyMaker(fields)

    def least(document: Document) -> bytes:
        try:
            keys, _ = maker.keys(document)
        except MongoError as error:
            if error.code == 171:
                raise MongoError(2, "cannot sort with keys that are parallel arrays") from error
            raise
        return keys[0] if len(keys) == 1 else min(keys)

    return least
