"""Projections of find and findAndModify, compiled to functions of documents."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from .documents import MISSING, Document, Value, is_number, split_path
from .errors import MongoError, not_supported

Projection = Callable[[Document], Document]
# What to keep or leave out: `{name: True | subtree}`.
_Tree = dict[str, Any]


def compile_projection(spec: Document) -> Projection | None:
    """Compile a projection; None means the documents stay as they are."""
    flat = dict(_flatten(spec, ""))
    modes = {bool(value) for path, value in flat.items() if path != "_id"}
    if len(modes) > 1:
        raise MongoError(31254, "Cannot mix inclusion and exclusion in a projection")
    if not flat:
        return None
    including = modes.pop() if modes else bool(flat["_id"])
    if not including:
        return _exclusion([path for path, value in flat.items() if not value])
    if not any(path == "_id" or path.startswith("_id.") for path in flat):
        flat["_id"] = True
    return _inclusion([path for path, value in flat.items() if value])


def _flatten(fields: Document, prefix: str) -> Iterator[tuple[str, Any]]:
    """Nested `{a: {b: 1}}` becomes `{"a.b": 1}`; what would be computed is refused."""
    for name, value in fields.items():
        path = prefix + name
        if name.startswith("$") or path.endswith(".$"):
            raise not_supported(f"the projection of '{path}'")
        if value.__class__ is dict and value:
            yield from _flatten(value, path + ".")
        elif _is_flag(value):
            yield path, value
        else:
            raise not_supported(f"a computed field, '{path}', in a projection")


def _is_flag(value: Value) -> bool:
    return isinstance(value, bool) or is_number(value)


def _tree(paths: list[str]) -> _Tree:
    tree: _Tree = {}
    for path in paths:
        node = tree
        *parents, last = split_path(path)
        for name in parents:
            node = node.setdefault(name, {})
            if node is True:
                raise MongoError(31249, f"Path collision at {path}")
        if last in node:
            raise MongoError(31250, f"Path collision at {path}")
        node[last] = True
    return tree


def _inclusion(paths: list[str]) -> Projection:
    tree = _tree(paths)
    return lambda document: _pick(document, tree)


def _pick(value: Value, tree: _Tree) -> Value:
    if value.__class__ is list:
        picked = (_pick(item, tree) for item in value)
        return [item for item in picked if item is not MISSING]
    if value.__class__ is not dict:
        return MISSING
    result: Document = {}
    for name, item in value.items():
        node = tree.get(name)
        inner = item if node is True else MISSING if node is None else _pick(item, node)
        if inner is not MISSING:
            result[name] = inner
    return result


def _exclusion(paths: list[str]) -> Projection:
    """The projection that leaves some paths out, in the elements of arrays as well."""
    tree = _tree(paths)
    return lambda document: _without(document, tree)


def _without(value: Value, tree: _Tree) -> Value:
    if value.__class__ is list:
        return [_without(item, tree) for item in value]
    if value.__class__ is not dict:
        return value
    return {
        name: _without(item, tree[name]) if name in tree else item
        for name, item in value.items()
        if tree.get(name) is not True
    }
