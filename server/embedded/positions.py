"""What a query tells an update: the values it fixes, the array element it has met."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, cast

from .documents import Document, Value
from .errors import MongoError, not_supported
from .leaves import is_operators
from .matcher import compile_filter, element_test
from .planner import conjuncts


def equalities(query: Document) -> Iterator[tuple[str, Any]]:
    """The (path, value) pairs that a query demands to be equal."""
    for path, conditions in conjuncts(query).items():
        for condition in conditions:
            ((name, value), *_) = condition.items()
            if name in ("$in", "$all") and isinstance(value, list) and len(value) == 1:  # pyright: ignore
                name, value = "$eq", cast("list[Any]", value)[0]
            if name == "$eq":
                yield path, value


def _element_test(condition: Document) -> Callable[[Any], bool]:
    inner: Value = condition.get("$elemMatch", condition)
    if is_operators(inner):
        return element_test(inner)
    matches = compile_filter(inner)
    return lambda item: item.__class__ is dict and matches(item)


def matched_position(query: Document, array_path: str, document: Document) -> int:
    """The index of the array's first element that met the query's condition on it."""
    tests: list[Callable[[Any], bool]] = []
    for path, conditions in conjuncts(query).items():
        if path == array_path:
            tests += [_element_test(condition) for condition in conditions]
        elif path.startswith(array_path + "."):
            rest = path[len(array_path) + 1 :]
            matches = compile_filter({"$and": [{rest: condition} for condition in conditions]})
            tests.append(lambda item, matches=matches: item.__class__ is dict and matches(item))
    if len(tests) > 1:
        raise not_supported("the positional '$' with several conditions on its array")
    array: Value = document
    for name in array_path.split("."):
        array = array.get(name) if isinstance(array, dict) else None  # pyright: ignore
    if tests and isinstance(array, list):
        for n, item in enumerate(cast("list[Any]", array)):
            if tests[0](item):
                return n
    raise MongoError(2, "The positional operator did not find the match needed from the query.")
